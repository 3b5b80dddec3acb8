package dev.gatun.runtime.token;

import dev.gatun.runtime.InvalidInputException;
import java.util.List;

/**
 * Byte-level byte pair encoding: a word begins as its bytes, and the pair of neighbours that comes first in the list of
 * merges is joined until none is left. Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword
 * Units" (2016); on bytes: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019).
 */
final class BytePairModel implements TokenModel {
    private static final byte UNKNOWN = 0;
    private static final byte YES = 1;
    private static final byte NO = 2;

    private final Vocabulary vocabulary;
    private final PreTokenizer preTokenizer;
    private final PairTable merges;
    private final int[] tokenOfByte = new int[256];
    /** Whether the merges make a token of its own spelling; found out when first asked, the same in every thread. */
    private final byte[] selfMade;

    private BytePairModel(Vocabulary vocabulary, PreTokenizer preTokenizer, PairTable merges) {
        this.vocabulary = vocabulary;
        this.preTokenizer = preTokenizer;
        this.merges = merges;
        selfMade = new byte[vocabulary.size()];
        byte[] single = new byte[1];
        for (int value = 0; value < 256; value++) {
            single[0] = (byte) value;
            tokenOfByte[value] = vocabulary.find(single, 0, 1);
        }
    }

    /**
     * @param lines the merges in order, "left right" in the alphabet of {@link ByteAlphabet}
     * @param key where the lines come from
     */
    static BytePairModel of(Vocabulary vocabulary, PreTokenizer preTokenizer, List<String> lines, String key) {
        PairTable merges = new PairTable(lines.size());
        byte[] scratch = new byte[64];
        for (int rank = 0; rank < lines.size(); rank++) {
            String line = lines.get(rank);
            int space = line.indexOf(' ');
            if (space <= 0 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
                throw invalid(key, rank, line, "two tokens with one space between them");
            }
            if (scratch.length < line.length()) {
                scratch = new byte[line.length() * 2];
            }
            int size = spell(line, space, scratch);
            int left = size < 0 ? -1 : vocabulary.find(scratch, 0, space);
            int right = size < 0 ? -1 : vocabulary.find(scratch, space, size);
            int joined = size < 0 ? -1 : vocabulary.find(scratch, 0, size);
            if (left < 0 || right < 0 || joined < 0) {
                throw invalid(key, rank, line, "two tokens of tokenizer.ggml.tokens that join to a third");
            }
            merges.add(left, right, ((long) rank << 32) | joined);
        }
        return new BytePairModel(vocabulary, preTokenizer, merges);
    }

    private static int spell(String line, int space, byte[] target) {
        int size = 0;
        for (int i = 0; i < line.length(); i++) {
            if (i != space) {
                int value = ByteAlphabet.byteOf(line.charAt(i));
                if (value < 0) {
                    return -1;
                }
                target[size++] = (byte) value;
            }
        }
        return size;
    }

    private static InvalidInputException invalid(String key, int rank, String line, String wanted) {
        return new InvalidInputException(
                key + "[" + rank + "] is '" + Excerpt.of(line) + "', expected " + wanted + ".");
    }

    @Override
    public TextEncoder encoder() {
        return new Words();
    }

    /** The words of one call. */
    private final class Words extends SymbolMerger implements TextEncoder, PreTokenizer.Words {
        private final CodePoints points = new CodePoints();
        private byte[] word = new byte[256];
        private TokenBuffer out = new TokenBuffer(0);

        @Override
        public void encode(String text, int from, int to, boolean first, TokenBuffer target) {
            out = target;
            points.set(text, from, to);
            preTokenizer.split(points, this);
        }

        @Override
        public void word(CodePoints text, int from, int end) {
            word = CodePoints.room(word, end - from);
            int size = text.utf8(from, end, word);
            int whole = vocabulary.find(word, 0, size);
            if (whole >= 0 && (preTokenizer.wholeWords() || isSelfMade(whole, size))) {
                out.add(whole);
                return;
            }
            int count = merge(word, 0, size);
            for (int i = 0; i < count; i++) {
                // A vocabulary may lack a byte; what it can not spell is left out, as its training did.
                if (ids[i] >= 0) {
                    out.add(ids[i]);
                }
            }
        }

        private boolean isSelfMade(int id, int size) {
            byte known = selfMade[id];
            if (known == UNKNOWN) {
                known = merge(word, 0, size) == 1 && ids[0] == id ? YES : NO;
                selfMade[id] = known;
            }
            return known == YES;
        }

        private int merge(byte[] text, int from, int to) {
            int count = to - from;
            reserve(count);
            for (int i = 0; i < count; i++) {
                ids[i] = tokenOfByte[text[from + i] & 0xFF];
                starts[i] = i;
            }
            starts[count] = count;
            return merge(count);
        }

        @Override
        protected long pair(int left, int right, int start, int end) {
            return left < 0 || right < 0 ? NO_PAIR : merges.find(left, right, NO_PAIR);
        }
    }
}
