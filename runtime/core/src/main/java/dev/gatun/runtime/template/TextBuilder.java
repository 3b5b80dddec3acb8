package dev.gatun.runtime.template;

import java.util.Arrays;

/** Appends stretches of text, each with its trust, within the budget. */
final class TextBuilder {
    private final Budget budget;
    private final StringBuilder chars = new StringBuilder();
    private boolean startsTrusted = true;
    private boolean endsTrusted = true;
    private int[] flips = new int[8];
    private int flipCount;
    private int uncharged;

    TextBuilder(Budget budget) {
        this.budget = budget;
    }

    int length() {
        return chars.length();
    }

    TextBuilder append(Text text) {
        return append(text, 0, text.string().length());
    }

    TextBuilder append(Text text, int from, int to) {
        int at = from;
        while (at < to) {
            int end = Math.min(to, text.nextFlip(at));
            append(text.string(), at, end, text.isTrustedAt(at));
            at = end;
        }
        return this;
    }

    TextBuilder append(String string, boolean trusted) {
        return append(string, 0, string.length(), trusted);
    }

    private TextBuilder append(String string, int from, int to, boolean trusted) {
        if (from == to) {
            return this;
        }
        if ((long) chars.length() + to - from > Budget.TEXT_CHARS) {
            throw new Fault("a text grows beyond the limit of " + Budget.TEXT_CHARS + " characters");
        }
        uncharged += to - from;
        budget.steps(uncharged / Budget.CHARS_PER_STEP);
        uncharged %= Budget.CHARS_PER_STEP;
        if (chars.isEmpty()) {
            startsTrusted = trusted;
        } else if (trusted != endsTrusted) {
            budget.step();
            if (flipCount == flips.length) {
                flips = Arrays.copyOf(flips, 2 * flipCount);
            }
            flips[flipCount++] = chars.length();
        }
        endsTrusted = trusted;
        chars.append(string, from, to);
        return this;
    }

    TextBuilder appendCodePoint(int codePoint, boolean trusted) {
        return append(Character.toString(codePoint), trusted);
    }

    Text build() {
        return new Text(chars.toString(), startsTrusted, Arrays.copyOf(flips, flipCount));
    }
}
