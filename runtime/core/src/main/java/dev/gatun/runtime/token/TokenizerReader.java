package dev.gatun.runtime.token;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.gguf.GgufMetadata;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** Makes a {@link Tokenizer} of the metadata of a file, every number of which is checked here. */
final class TokenizerReader {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String MODEL = PREFIX + "model";
    private static final String PRE = PREFIX + "pre";
    private static final String TOKENS = PREFIX + "tokens";
    private static final String TYPES = PREFIX + "token_type";
    private static final String MERGES = PREFIX + "merges";
    private static final String BEGIN = PREFIX + "bos_token_id";
    private static final String END = PREFIX + "eos_token_id";
    private static final int LONGEST_TOKEN = 1 << 16;
    private static final int LONGEST_SPECIAL = 1 << 10;

    private final GgufMetadata metadata;
    private final List<String> texts;
    private final TokenKind[] kinds;

    private TokenizerReader(GgufMetadata metadata) {
        this.metadata = metadata;
        if (!metadata.contains(TOKENS)) {
            throw new InvalidInputException("The file has no " + TOKENS + ", so text can not be tokenized.");
        }
        texts = metadata.strings(TOKENS);
        if (texts.isEmpty()) {
            throw new InvalidInputException(TOKENS + " is empty, expected at least one token.");
        }
        kinds = kinds();
    }

    static Tokenizer read(GgufMetadata metadata) {
        String model = metadata.findString(MODEL)
                .orElseThrow(() -> new InvalidInputException(
                        "The file has no " + MODEL + ", so it is not known how its text is tokenized."));
        return switch (model) {
            case "gpt2" -> new TokenizerReader(metadata).bytePair();
            default ->
                throw new InvalidInputException(
                        MODEL + " is '" + Excerpt.of(model) + "'; supported: gpt2 (byte-level BPE).");
        };
    }

    private Tokenizer bytePair() {
        PreTokenizer preTokenizer = preTokenizer();
        List<String> merges = metadata.findStrings(MERGES)
                .orElseThrow(() -> new InvalidInputException(
                        "The file has no " + MERGES + ", which '" + metadata.string(MODEL) + "' vocabularies need."));
        TextMarks marks = marks(preTokenizer.beginsText(), false, false);
        Vocabulary vocabulary = vocabulary(true);
        return new Tokenizer(
                vocabulary, BytePairModel.of(vocabulary, preTokenizer, merges, MERGES), specialTokens(), marks);
    }

    private PreTokenizer preTokenizer() {
        String name = metadata.findString(PRE)
                .orElseThrow(() -> new InvalidInputException(
                        "The file has no " + PRE + ", so it is not known where words end; " + supported()));
        PreTokenizer preTokenizer = PreTokenizers.find(name);
        if (preTokenizer == null) {
            throw new InvalidInputException(PRE + " is '" + Excerpt.of(name) + "'; " + supported());
        }
        return preTokenizer;
    }

    private static String supported() {
        return "supported: " + String.join(", ", PreTokenizers.names()) + ".";
    }

    private TokenKind[] kinds() {
        TokenKind[] kinds = new TokenKind[texts.size()];
        Arrays.fill(kinds, TokenKind.NORMAL);
        if (metadata.contains(TYPES)) {
            int[] numbers = metadata.int32s(TYPES);
            if (numbers.length != kinds.length) {
                throw new InvalidInputException(TYPES + " has " + numbers.length + " entries, expected " + kinds.length
                        + ", as many as " + TOKENS + ".");
            }
            for (int id = 0; id < numbers.length; id++) {
                kinds[id] = TokenKind.of(numbers[id]);
            }
        }
        return kinds;
    }

    private Vocabulary vocabulary(boolean byteAlphabet) {
        long room = 0;
        for (int id = 0; id < texts.size(); id++) {
            int length = texts.get(id).length();
            int most = isSpecial(id) ? LONGEST_SPECIAL : LONGEST_TOKEN;
            if (length > most) {
                throw new InvalidInputException(TOKENS + "[" + id + "] has " + length + " characters, expected at most "
                        + most + ": '" + Excerpt.of(texts.get(id)) + "'.");
            }
            room += 3L * length;
        }
        if (room > Integer.MAX_VALUE - 8) {
            throw new InvalidInputException(TOKENS + " holds " + room / 3 + " characters in all, expected at most "
                    + Integer.MAX_VALUE / 3 + ".");
        }
        byte[] bytes = new byte[(int) room];
        int[] offsets = new int[texts.size() + 1];
        int end = 0;
        for (int id = 0; id < texts.size(); id++) {
            end += spell(id, byteAlphabet, bytes, end);
            offsets[id + 1] = end;
        }
        return new Vocabulary(Arrays.copyOf(bytes, end), offsets, kinds);
    }

    private int spell(int id, boolean byteAlphabet, byte[] target, int offset) {
        String text = texts.get(id);
        if (byteAlphabet && !isSpecial(id)) {
            int length = ByteAlphabet.bytes(text, target, offset);
            if (length >= 0) {
                return length;
            }
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(utf8, 0, target, offset, utf8.length);
        return utf8.length;
    }

    /** Whether the token is found in text as it is spelled in the file. */
    private boolean isSpecial(int id) {
        return kinds[id].isControl() || kinds[id] == TokenKind.USER_DEFINED;
    }

    private SpecialTokens specialTokens() {
        SpecialTokens special = new SpecialTokens(256);
        for (int id = 0; id < kinds.length; id++) {
            if (isSpecial(id) && !texts.get(id).isEmpty()) {
                special.add(texts.get(id), id, kinds[id].isControl());
            }
        }
        return special;
    }

    private TextMarks marks(boolean addsBegin, boolean addsEnd, boolean leadingSpace) {
        for (String key : metadata.keys()) {
            if (key.startsWith(PREFIX) && key.endsWith("_token_id")) {
                token(key);
            }
        }
        int begin = token(BEGIN);
        int end = token(END);
        return new TextMarks(
                begin,
                end,
                adds(PREFIX + "add_bos_token", addsBegin, BEGIN, begin),
                adds(PREFIX + "add_eos_token", addsEnd, END, end),
                leadingSpace,
                endOfGeneration());
    }

    private boolean adds(String key, boolean fallback, String tokenKey, int token) {
        if (token < 0 && metadata.bool(key, false)) {
            throw new InvalidInputException(key + " is true, but the file has no " + tokenKey + ".");
        }
        return token >= 0 && metadata.bool(key, fallback);
    }

    private int token(String key) {
        if (!metadata.contains(key)) {
            return -1;
        }
        long id = metadata.int64(key);
        if (id < 0 || id >= texts.size()) {
            throw new InvalidInputException(key + " is " + id + ", expected a token: 0 to " + (texts.size() - 1) + ".");
        }
        return (int) id;
    }

    /** Also turns user-defined tokens among them into control tokens: such a file means no text by them. */
    private int[] endOfGeneration() {
        TreeSet<Integer> ids = new TreeSet<>();
        for (String key : List.of(END, PREFIX + "eot_token_id", PREFIX + "eom_token_id")) {
            int id = token(key);
            if (id >= 0) {
                ids.add(id);
            }
        }
        int end = -1;
        boolean harmony = false;
        for (int id = 0; id < kinds.length; id++) {
            String text = texts.get(id);
            if (isSpecial(id) && EndOfGeneration.isKnown(text)) {
                ids.add(id);
                end = text.equals("<|end|>") ? id : end;
                harmony |= text.equals("<|return|>");
            }
        }
        if (harmony) {
            // In the Harmony format <|end|> ends a message, after which the model goes on to the next.
            ids.remove(end);
        }
        for (int id : ids) {
            if (kinds[id] == TokenKind.USER_DEFINED) {
                kinds[id] = TokenKind.CONTROL;
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
