package dev.gatun.runtime.template;

import dev.gatun.runtime.PromptSpan;
import java.util.List;

/**
 * What a template rendered: the whole text, and the same text as spans of one trust each.
 *
 * @param text the concatenation of the spans
 * @param spans non-empty stretches; neighbours differ in trust
 */
public record Rendered(String text, List<PromptSpan> spans) {
    public Rendered {
        spans = List.copyOf(spans);
    }
}
