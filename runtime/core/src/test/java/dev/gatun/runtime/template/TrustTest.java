package dev.gatun.runtime.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gatun.runtime.PromptSpan;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustTest {
    private static final String MARK = "\ue001";

    @Test
    void separatesWhatTheTemplateWroteFromWhatAMessageBrought() {
        Rendered rendered = ChatTemplate.parse("{{ '<|im_start|>' + role }}\n{{ bos }}")
                .render(Map.of("role", "user", "bos", ChatTemplate.trusted("<s>")));
        assertEquals(
                List.of(
                        new PromptSpan("<|im_start|>", true),
                        new PromptSpan("user", false),
                        new PromptSpan("\n<s>", true)),
                rendered.spans());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x ~ 'a'",
                "x * 3",
                "x[0]",
                "x[::-1]",
                "x|upper",
                "x|trim",
                "x|replace('a', 'b')",
                "'a'|replace('a', x)",
                "x.split('a')|join(',')",
                "'%s' % x",
                "'{}'.format(x)",
                "[x]|string",
                "{'k': x}|tojson(indent=2)",
                "x|indent(2, true)",
                "x|title",
                "x|e",
                "dict(**{x: x})",
                "x.partition('-')|join",
                "x|list|join('+')",
                "'a'.join([x, x])",
                "x.rjust(40)",
                "x|truncate(9)",
                "[x, x]|unique|first",
                "x.strip('q')"
            })
    void keepsUntrustedTextUntrustedThroughEveryOperation(String expression) {
        String text = MARK + "q a-" + MARK + " tail of the text " + MARK;
        Rendered rendered = ChatTemplate.parse("<{{ " + expression + " }}>").render(Map.of("x", text));
        for (PromptSpan span : rendered.spans()) {
            assertFalse(span.trusted() && span.text().contains(MARK), span::text);
        }
    }
}
