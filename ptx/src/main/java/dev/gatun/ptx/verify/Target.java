package dev.gatun.ptx.verify;

import java.util.HashMap;
import java.util.Map;

/**
 * What a module asks for in {@code .version} and {@code .target}.
 *
 * @param version tenfold
 * @param number  80 for sm_80
 * @param specific whether it is one of those with an a, such as sm_90a
 */
record Target(int version, int number, boolean specific) {
    /** Words that came later than the forms they occur in. */
    private static final Map<String, Target> WORDS = new HashMap<>();

    static {
        Target cacheControl = new Target(74, 0);
        for (String word : "evict_normal evict_unchanged evict_first evict_last no_allocate".split(" ", -1)) {
            WORDS.put("L1::" + word, cacheControl);
        }
        for (String word : "cache_hint 64B 128B 256B".split(" ", -1)) {
            WORDS.put("L2::" + word, cacheControl);
        }
        WORDS.put("shared::cta", new Target(78, 0));
        WORDS.put("cluster", new Target(78, 90));
        WORDS.put("shared::cluster", new Target(78, 90));
        WORDS.put("param::entry", new Target(83, 0));
        WORDS.put("param::func", new Target(83, 0));
    }

    private Target(int version, int number) {
        this(version, number, false);
    }

    /** Whether blocks form clusters here. */
    boolean hasClusters() {
        return version >= 78 && number >= 90;
    }

    boolean has(Form form, Selection selection) {
        Target needed = needed(form, selection);
        return needed.version <= version && needed.number <= number && (specific || !needed.specific);
    }

    private static Target needed(Form form, Selection selection) {
        int version = form.version();
        int number = form.target();
        for (Map.Entry<String, String> word : selection.words().entrySet()) {
            Target since = WORDS.get(word.getValue());
            boolean explicitBlock = word.getKey().equals("cta"); // the "cta" of bar.cta, not that of a scope
            if (since != null || explicitBlock) {
                version = Math.max(version, since == null ? 78 : since.version);
                number = Math.max(number, since == null ? 0 : since.number);
            }
        }
        return new Target(version, number, form.specific());
    }

    /** What the module would have to ask for. */
    String lacks(Form form, Selection selection) {
        Target needed = needed(form, selection);
        String language = needed.version > version
                ? ".version " + needed.version / 10 + "." + needed.version % 10 + " or newer (the module has "
                        + version / 10 + "." + version % 10 + ")"
                : "";
        String machine = needed.number > number || (needed.specific && !specific)
                ? ".target sm_" + needed.number + (needed.specific ? "a" : "") + " or newer (the module has sm_"
                        + number + ")"
                : "";
        return language + (language.isEmpty() || machine.isEmpty() ? "" : " and ") + machine;
    }
}
