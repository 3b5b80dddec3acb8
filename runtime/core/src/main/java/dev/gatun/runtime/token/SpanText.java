package dev.gatun.runtime.token;

import dev.gatun.runtime.PromptSpan;
import java.util.Arrays;
import java.util.List;

/** One text of several spans. */
final class SpanText {
    private final String text;
    private final int[] ends;
    private final boolean[] trusted;

    /**
     * @param ends where each stretch ends, ascending
     * @param trusted whether the stretch may hold control tokens
     */
    private SpanText(String text, int[] ends, boolean[] trusted) {
        this.text = text;
        this.ends = ends;
        this.trusted = trusted;
    }

    static SpanText of(String text, boolean trusted) {
        return new SpanText(text, new int[] {text.length()}, new boolean[] {trusted});
    }

    /** @param length of all spans together, in characters */
    static SpanText of(List<PromptSpan> spans, int length) {
        StringBuilder text = new StringBuilder(length);
        int[] ends = new int[spans.size()];
        boolean[] trusted = new boolean[spans.size()];
        int count = 0;
        for (PromptSpan span : spans) {
            if (span.text().isEmpty()) {
                continue;
            }
            text.append(span.text());
            if (count > 0 && trusted[count - 1] == span.trusted()) {
                count--;
            }
            trusted[count] = span.trusted();
            ends[count++] = text.length();
        }
        return new SpanText(text.toString(), Arrays.copyOf(ends, count), Arrays.copyOf(trusted, count));
    }

    String text() {
        return text;
    }

    /** Where the trusted stretch around {@code at} ends, or {@code at} itself if what stands there is not trusted. */
    int trustedEnd(int at) {
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] <= at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return trusted[low] ? ends[low] : at;
    }
}
