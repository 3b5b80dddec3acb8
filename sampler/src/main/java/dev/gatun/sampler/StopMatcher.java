package dev.gatun.sampler;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Looks for stop texts in a stream of UTF-8 bytes, across the borders of its parts, and holds back what may be the
 * beginning of one.
 *
 * <p>The first text to be complete wins; of several that end with the same byte, the longest. Runs a
 * Knuth-Morris-Pratt matcher for each text: linear in the bytes, without allocation. As every stop text begins with the
 * first byte of a character, what is held back does so, too.
 */
public final class StopMatcher {

    /** Takes text that holds no stop text. */
    @FunctionalInterface
    public interface Sink {
        /** Takes some bytes; they may be overwritten after the call. */
        void append(byte[] bytes, int offset, int length);
    }

    private final List<String> stops;
    private final byte[][] patterns;
    private final int[][] borders; // [pattern][n]: longest proper prefix of the first n bytes that is their suffix
    private final int[] matched; // [pattern]: bytes of it that the stream now ends with
    private final byte[] held;
    private int heldLength;
    private int winner = -1;

    /**
     * A matcher of some texts; of none, it passes everything on.
     *
     * @throws InvalidSamplingException if a text is empty or is not encodable
     */
    public StopMatcher(List<String> stops) {
        this.stops = List.copyOf(stops);
        int count = stops.size();
        patterns = new byte[count][];
        borders = new int[count][];
        matched = new int[count];
        int longest = 0;
        for (int p = 0; p < count; p++) {
            SamplingRules.checkStop(stops.get(p));
            patterns[p] = stops.get(p).getBytes(StandardCharsets.UTF_8);
            borders[p] = borders(patterns[p]);
            longest = Math.max(longest, patterns[p].length);
        }
        held = new byte[longest];
    }

    private static int[] borders(byte[] pattern) {
        int[] borders = new int[pattern.length + 1];
        for (int n = 2, border = 0; n <= pattern.length; n++) {
            while (border > 0 && pattern[border] != pattern[n - 1]) {
                border = borders[border];
            }
            if (pattern[border] == pattern[n - 1]) {
                border++;
            }
            borders[n] = border;
        }
        return borders;
    }

    /**
     * Takes a part of the stream and hands on what certainly belongs to the output: all but the longest ending that may
     * become a stop text, or, if one is complete, all that comes before it.
     *
     * @return whether a stop text is complete; then, and ever after, the rest of the stream is dropped
     */
    public boolean accept(byte[] source, int offset, int length, Sink out) {
        if (winner >= 0) {
            return true;
        }
        int before = heldLength;
        for (int i = 0; i < length; i++) {
            step(source[offset + i]);
            if (winner >= 0) {
                release(source, offset, before + i + 1 - patterns[winner].length, out);
                heldLength = 0;
                return true;
            }
        }
        int holding = 0;
        for (int state : matched) {
            holding = Math.max(holding, state);
        }
        int released = before + length - holding;
        release(source, offset, released, out);
        int fromHeld = Math.max(0, before - released);
        System.arraycopy(held, before - fromHeld, held, 0, fromHeld);
        System.arraycopy(source, offset + length - (holding - fromHeld), held, fromHeld, holding - fromHeld);
        heldLength = holding;
        return false;
    }

    /**
     * Takes a part of the stream in which stop texts do not count, as below {@code min_tokens}: hands it all on, and
     * forgets what began before it.
     */
    public void pass(byte[] source, int offset, int length, Sink out) {
        if (winner < 0) {
            finish(out);
            if (length > 0) {
                out.append(source, offset, length);
            }
        }
    }

    /** Hands on what was held back: the stream has ended without a stop text. After a match there is nothing. */
    public void finish(Sink out) {
        if (heldLength > 0) {
            out.append(held, 0, heldLength);
            heldLength = 0;
        }
        Arrays.fill(matched, 0);
    }

    /** Becomes equal to another matcher of the same texts. */
    public void copy(StopMatcher that) {
        if (!stops.equals(that.stops)) {
            throw new IllegalArgumentException("the other matcher looks for " + that.stops + ", not for " + stops);
        }
        System.arraycopy(that.matched, 0, matched, 0, matched.length);
        System.arraycopy(that.held, 0, held, 0, that.heldLength);
        heldLength = that.heldLength;
        winner = that.winner;
    }

    /** The stop text that was found, if any. */
    public Optional<String> found() {
        return winner < 0 ? Optional.empty() : Optional.of(stops.get(winner));
    }

    private void step(byte next) {
        for (int p = 0; p < patterns.length; p++) {
            byte[] pattern = patterns[p];
            int state = matched[p];
            while (state > 0 && pattern[state] != next) {
                state = borders[p][state];
            }
            if (pattern[state] == next) {
                state++;
            }
            matched[p] = state;
            if (state == pattern.length && (winner < 0 || state > patterns[winner].length)) {
                winner = p;
            }
        }
    }

    /** Hands on the first bytes of what is held and of the source behind it. */
    private void release(byte[] source, int offset, int length, Sink out) {
        int fromHeld = Math.min(length, heldLength);
        if (fromHeld > 0) {
            out.append(held, 0, fromHeld);
        }
        if (length > fromHeld) {
            out.append(source, offset, length - fromHeld);
        }
    }
}
