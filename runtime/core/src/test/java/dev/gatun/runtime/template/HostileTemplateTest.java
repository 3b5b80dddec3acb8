package dev.gatun.runtime.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTemplateTest {

    private static String text(String template) {
        return ChatTemplate.parse(template).render(Map.of()).text();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for i in range(10 ** 9) %}x{% endfor %}",
                "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
                "{{ 'x' * 10 ** 12 }}",
                "{{ [1] * 10 ** 12 }}",
                "{{ 9 ** 9 ** 9 }}",
                "{{ 9223372036854775807 + 1 }}",
                "{{ ('a' * 4000000)|replace('a', 'bbbbbbbbbb') }}",
                "{% macro f(x) %}{{ f(x) }}{{ f(x) }}{% endmacro %}{{ f(1) }}",
                "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(50) }}",
                "{% set n = namespace(a=[1]) %}{% for i in range(90) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a }}",
                "{% set n = namespace(s='x') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
                "{{ ''.__class__.__mro__ }}",
                "{{ '%999999999d' % 1 }}",
                "{{ 'x'.center(999999999) }}",
                "{% include 'other' %}",
                "{{ [].append(1) }}",
                "{{ 1 // 0 }}"
            })
    void endsHostileTemplatesInATypedError(String template) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> assertThrows(TemplateException.class, () -> text(template)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{1:", "not ", "- ", "x if x else "})
    void refusesTenThousandLevels(String opening) {
        assertThrows(TemplateException.class, () -> ChatTemplate.parse("{{ " + opening.repeat(10_000)));
    }

    @Test
    void namesLineAndColumn() {
        TemplateException e = assertThrows(TemplateException.class, () -> text("a\n  {{ x.y }}"));
        assertEquals("2:7", e.line() + ":" + e.column());
    }
}
