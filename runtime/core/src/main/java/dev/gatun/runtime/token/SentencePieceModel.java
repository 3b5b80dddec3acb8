package dev.gatun.runtime.token;

import java.util.Arrays;

/**
 * Byte pair encoding by scores, as in SentencePiece: the whole text begins as its characters, and the neighbours whose
 * join is the token of highest score are joined until none is left. Characters that the vocabulary lacks become byte
 * tokens. Kudo and Richardson, "SentencePiece" (2018).
 *
 * <p>Spaces and U+2581 are the same here. The space put before a text is put behind each special token too.
 */
final class SentencePieceModel implements TokenModel {
    private static final char SPACE_MARK = '\u2581';
    private static final int NONE = -1;

    private final Vocabulary vocabulary;
    private final boolean leadingSpace;
    private final int unknown;
    /** The lower, the sooner a token is made. */
    private final int[] ranks;

    private final int[] tokenOfByte = new int[256];
    private final int longest;

    /**
     * @param scores of each token; the highest is made first
     * @param leadingSpace whether a space is put before a text
     * @param unknown the token for what neither characters nor bytes can spell, or -1
     */
    SentencePieceModel(Vocabulary vocabulary, float[] scores, boolean leadingSpace, int unknown) {
        this.vocabulary = vocabulary;
        this.leadingSpace = leadingSpace;
        this.unknown = unknown;
        ranks = ranks(scores);
        Arrays.fill(tokenOfByte, NONE);
        int most = 0;
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.kind(id) == TokenKind.BYTE) {
                tokenOfByte[vocabulary.store()[vocabulary.offset(id)] & 0xFF] = id;
            } else if (vocabulary.kind(id).spellsText()) {
                most = Math.max(most, vocabulary.length(id));
            }
        }
        longest = most;
    }

    private static int[] ranks(float[] scores) {
        float[] ascending = scores.clone();
        Arrays.sort(ascending);
        int distinct = 0;
        for (float score : ascending) {
            if (distinct == 0 || Float.compare(ascending[distinct - 1], score) != 0) {
                ascending[distinct++] = score;
            }
        }
        int[] ranks = new int[scores.length];
        for (int id = 0; id < scores.length; id++) {
            ranks[id] = distinct - 1 - Arrays.binarySearch(ascending, 0, distinct, scores[id]);
        }
        return ranks;
    }

    @Override
    public TextEncoder encoder() {
        return new Text();
    }

    /** The text of one call. */
    private final class Text extends SymbolMerger implements TextEncoder {
        private final CodePoints points = new CodePoints();
        private byte[] bytes = new byte[0];

        @Override
        public void encode(String text, int from, int to, boolean first, TokenBuffer out) {
            points.set(text, from, to);
            int length = points.length();
            bytes = CodePoints.room(bytes, length + 1);
            reserve(length + 1);
            int count = 0;
            int size = 0;
            if (leadingSpace && first) {
                bytes[size++] = ' ';
                symbol(count++, 0, size);
            }
            for (int i = 0; i < length; i++) {
                int start = size;
                if (points.points()[i] == SPACE_MARK) {
                    bytes[size++] = ' ';
                } else {
                    size += points.utf8(i, i + 1, bytes, size);
                }
                symbol(count++, start, size);
            }
            starts[count] = size;
            int left = merge(count);
            for (int i = 0; i < left; i++) {
                emit(i, out);
            }
        }

        private void symbol(int index, int start, int end) {
            starts[index] = start;
            ids[index] = vocabulary.find(bytes, start, end);
        }

        private void emit(int symbol, TokenBuffer out) {
            if (ids[symbol] >= 0) {
                out.add(ids[symbol]);
                return;
            }
            for (int i = starts[symbol]; i < starts[symbol + 1]; i++) {
                int token = tokenOfByte[bytes[i] & 0xFF];
                if (token >= 0 || unknown >= 0) {
                    out.add(token >= 0 ? token : unknown);
                }
            }
        }

        @Override
        protected long pair(int left, int right, int start, int end) {
            if (end - start > longest) {
                return NO_PAIR;
            }
            int id = vocabulary.find(bytes, start, end);
            return id < 0 ? NO_PAIR : ((long) ranks[id] << 32) | id;
        }
    }
}
