package dev.gatun.sampler.constraint;

import java.util.List;

/**
 * Named rules, each of which may call the others and itself; the first is where a text begins.
 *
 * @param notation what they were written as, for messages: {@code regular expression}, {@code grammar}, {@code JSON schema}
 */
record Rules(String notation, List<Rule> rules) {
    record Rule(String name, Expr body) {}

    Rules {
        rules = List.copyOf(rules);
    }

    static Rules of(String notation, Expr body) {
        return new Rules(notation, List.of(new Rule("root", body)));
    }

    Expr body(int rule) {
        return rules.get(rule).body();
    }

    String name(int rule) {
        return rules.get(rule).name();
    }

    int count() {
        return rules.size();
    }
}
