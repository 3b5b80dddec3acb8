package dev.gatun.sampler.constraint;

import dev.gatun.sampler.TokenTrie;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The tokens that hold nothing but plain characters, which JSON strings may hold without an escape: most of a vocabulary.
 * Where all plain texts up to some length may follow, those tokens need not be walked (llguidance calls this a slice).
 */
final class PlainText {
    /** Most characters of a plain token; longer ones are among the others. */
    static final int MOST_CHARACTERS = 16;

    private static final byte[] NO_TEXT = {};
    private static final int CONTINUATION = 0x80;
    private static final int LAST_CONTINUATION = 0xBF;

    private final long[][] masks; // [n]: plain tokens of up to n characters
    private final TokenTrie others;

    PlainText(TokenTrie trie) {
        int size = trie.size();
        masks = new long[MOST_CHARACTERS + 1][(size + Long.SIZE - 1) / Long.SIZE];
        boolean[] isPlain = new boolean[size];
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(trie.deepest() + 1);
        for (int token = 0; token < size; token++) {
            int characters = characters(bytes(trie, token), decoder, text);
            if (characters > 0 && characters <= MOST_CHARACTERS) {
                isPlain[token] = true;
                for (int n = characters; n <= MOST_CHARACTERS; n++) {
                    masks[n][token >> 6] |= 1L << token;
                }
            }
        }
        others = TokenTrie.of(size, token -> isPlain[token] ? NO_TEXT : bytes(trie, token));
    }

    private static byte[] bytes(TokenTrie trie, int token) {
        byte[] bytes = new byte[trie.length(token)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) trie.byteAt(token, i);
        }
        return bytes;
    }

    /** How many plain characters a text has; -1 if there are others. */
    private static int characters(byte[] bytes, CharsetDecoder decoder, CharBuffer text) {
        decoder.reset();
        text.clear();
        if (decoder.decode(ByteBuffer.wrap(bytes), text, true).isError()) {
            return -1;
        }
        text.flip();
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c == 0x7F) {
                return -1;
            }
            count += Character.isLowSurrogate(c) ? 0 : 1;
        }
        return count;
    }

    /** The tokens that are not plain, or long. */
    TokenTrie others() {
        return others;
    }

    /** A copy of the mask of plain tokens of up to so many characters. */
    long[] mask(int characters) {
        return masks[characters].clone();
    }

    /**
     * How many plain characters may follow, whichever they are, before none at all may; {@link #MOST_CHARACTERS} if that many
     * may; -1 if it depends on which they are.
     */
    static int reach(State from, Automaton automaton) {
        State state = from;
        for (int characters = 0; characters < MOST_CHARACTERS; characters++) {
            State next = state.plain;
            if (next == null) {
                next = follow(state, automaton);
                state.plain = next;
            }
            if (next == State.VARIOUS) {
                return -1;
            }
            if (next == State.DEAD) {
                return characters;
            }
            state = next;
        }
        return MOST_CHARACTERS;
    }

    /** The state after any plain character; {@link State#VARIOUS} if there are several. */
    private static State follow(State state, Automaton automaton) {
        State after = READS[0].from(state, automaton);
        for (int i = 1; i < READS.length && after != State.VARIOUS; i++) {
            State other = READS[i].from(state, automaton);
            after = same(after, other) ? after : State.VARIOUS;
        }
        return after;
    }

    // each state is there once, so that equal ones are the same one
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(State one, State other) {
        return one == other;
    }

    /**
     * Characters by the ranges of their bytes.
     *
     * @param low the first byte, at least
     * @param high the first byte, at most
     * @param lowSecond the second byte, at least
     * @param highSecond the second byte, at most
     * @param more bytes behind the first
     */
    private record Read(int low, int high, int lowSecond, int highSecond, int more) {

        static Read single(int low, int high) {
            return new Read(low, high, CONTINUATION, LAST_CONTINUATION, 0);
        }

        static Read several(int low, int high, int more) {
            return new Read(low, high, CONTINUATION, LAST_CONTINUATION, more);
        }

        /** The state after any of these characters, or {@link State#VARIOUS}. */
        State from(State state, Automaton automaton) {
            State at = after(state, low, high, automaton);
            for (int i = 0; i < more; i++) {
                if (at == State.VARIOUS || at == State.DEAD) {
                    return at;
                }
                at = i == 0
                        ? after(at, lowSecond, highSecond, automaton)
                        : after(at, CONTINUATION, LAST_CONTINUATION, automaton);
            }
            return at;
        }

        private static State after(State state, int low, int high, Automaton automaton) {
            State after = automaton.next(state, automaton.network().classOf(low));
            for (int value = low + 1; value <= high; value++) {
                if (!same(after, automaton.next(state, automaton.network().classOf(value)))) {
                    return State.VARIOUS;
                }
            }
            return after;
        }
    }

    private static final Read[] READS = {
        Read.single('a', 'z'),
        Read.single(' ', '!'),
        Read.single('#', '['),
        Read.single(']', '~'),
        Read.several(0xC2, 0xDF, 1),
        new Read(0xE0, 0xE0, 0xA0, LAST_CONTINUATION, 2),
        Read.several(0xE1, 0xEC, 2),
        new Read(0xED, 0xED, CONTINUATION, 0x9F, 2),
        Read.several(0xEE, 0xEF, 2),
        new Read(0xF0, 0xF0, 0x90, LAST_CONTINUATION, 3),
        Read.several(0xF1, 0xF3, 3),
        new Read(0xF4, 0xF4, CONTINUATION, 0x8F, 3)
    };
}
