package dev.gatun.runtime.token;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.PromptSpan;
import dev.gatun.runtime.gguf.GgufMetadata;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/**
 * Text to token ids and back, as the {@code tokenizer.ggml.*} keys of a GGUF file say. Immutable and thread-safe.
 *
 * <p>Control tokens steer the model (begin of text, end of turn). Where text spells one, it becomes that token only if the
 * caller says so; user-defined tokens are found always. A lone surrogate is encoded as U+FFFD. Text is not normalized,
 * whatever the model: what is encoded is what was written.
 */
public final class Tokenizer {
    private static final int LONGEST_TEXT = 1 << 28;
    private static final long NONE = -1;

    private final Vocabulary vocabulary;
    private final TokenModel model;
    private final SpecialTokens specialTokens;
    private final TextMarks marks;

    Tokenizer(Vocabulary vocabulary, TokenModel model, SpecialTokens specialTokens, TextMarks marks) {
        this.vocabulary = vocabulary;
        this.model = model;
        this.specialTokens = specialTokens;
        this.marks = marks;
    }

    /**
     * The tokenizer of a model file, or of a file that holds a vocabulary only.
     *
     * @throws InvalidInputException naming the key, its value and what was expected
     */
    public static Tokenizer of(GgufMetadata metadata) {
        return TokenizerReader.read(metadata);
    }

    /** Token ids are below this. */
    public int vocabularySize() {
        return vocabulary.size();
    }

    /**
     * The tokens of a text, without those that begin and end one.
     *
     * @param specialTokens whether control tokens spelled in the text become control tokens
     */
    public int[] encode(String text, boolean specialTokens) {
        return encode(text, specialTokens, false);
    }

    /**
     * The tokens of a text.
     *
     * @param specialTokens whether control tokens spelled in the text become control tokens
     * @param addSpecial whether to add the tokens that begin and end a text where the file wants them
     */
    public int[] encode(String text, boolean specialTokens, boolean addSpecial) {
        checkLength(text.length());
        TokenBuffer out = new TokenBuffer(text.length() / 3 + 2);
        if (addSpecial && marks.addsBegin()) {
            out.add(marks.begin());
        }
        encode(SpanText.of(text, specialTokens), out);
        if (addSpecial && marks.addsEnd()) {
            out.add(marks.end());
        }
        return out.toArray();
    }

    /**
     * The tokens of a prompt, without those that begin and end a text, which templates write themselves. The spans form
     * one text: their borders change no token, except that no control token is found that is not wholly in trusted text.
     */
    public int[] encode(List<PromptSpan> spans) {
        long length = 0;
        for (PromptSpan span : spans) {
            length += span.text().length();
        }
        checkLength(length);
        TokenBuffer out = new TokenBuffer((int) length / 3 + 2);
        encode(SpanText.of(spans, (int) length), out);
        return out.toArray();
    }

    private void encode(SpanText spans, TokenBuffer out) {
        String text = spans.text();
        TextEncoder encoder = model.encoder();
        int length = text.length();
        int plain = 0;
        boolean first = true;
        int at = 0;
        while (at < length) {
            long found = specialTokens.longest(text, at, length, spans.trustedEnd(at));
            if (found == NONE) {
                at++;
                continue;
            }
            if (at > plain) {
                encoder.encode(text, plain, at, first, out);
            }
            out.add((int) found);
            at += (int) (found >>> 32);
            plain = at;
            first = true;
        }
        if (length > plain) {
            encoder.encode(text, plain, length, first, out);
        }
    }

    /** What a token spells, as a person reads it; bytes that are no UTF-8 show as U+FFFD. */
    public String piece(int id) {
        checkToken(id, vocabulary);
        return new String(vocabulary.store(), vocabulary.offset(id), vocabulary.length(id), StandardCharsets.UTF_8);
    }

    /** The bytes that a token spells; for a control token, its name. */
    public byte[] bytes(int id) {
        checkToken(id, vocabulary);
        return vocabulary.bytes(id);
    }

    /**
     * Writes the bytes that a token spells to the begin of {@code target}, as many as there is room for.
     *
     * @return how many bytes the token spells, which may be more than {@code target} has room for
     */
    public int bytes(int id, byte[] target) {
        checkToken(id, vocabulary);
        int length = vocabulary.length(id);
        System.arraycopy(vocabulary.store(), vocabulary.offset(id), target, 0, Math.min(length, target.length));
        return length;
    }

    /**
     * The text of tokens; bytes that are no UTF-8 become U+FFFD.
     *
     * @param special whether control tokens are spelled too, instead of left out
     */
    public String decode(int[] tokens, boolean special) {
        long size = 0;
        for (int token : tokens) {
            checkToken(token, vocabulary);
            size += vocabulary.length(token);
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new InvalidInputException("The text of " + tokens.length + " tokens is longer than 2 GiB.");
        }
        byte[] text = new byte[(int) size];
        int end = 0;
        for (int token : tokens) {
            if (special || !isControl(token)) {
                int length = vocabulary.length(token);
                System.arraycopy(vocabulary.store(), vocabulary.offset(token), text, end, length);
                end += length;
            }
        }
        int start = dropsLeadingSpace() && end > 0 && text[0] == ' ' ? 1 : 0;
        return new String(text, start, end - start, StandardCharsets.UTF_8);
    }

    /** The token that begins a text, if the model has one. */
    public OptionalInt bos() {
        return marks.begin() < 0 ? OptionalInt.empty() : OptionalInt.of(marks.begin());
    }

    /** The token that ends a text, if the model has one. */
    public OptionalInt eos() {
        return marks.end() < 0 ? OptionalInt.empty() : OptionalInt.of(marks.end());
    }

    /** All tokens by which the model ends what it says, ascending. */
    public int[] endOfGeneration() {
        return marks.endOfGeneration();
    }

    /** Whether the token steers the model and is no text. */
    public boolean isControl(int id) {
        checkToken(id, vocabulary);
        return vocabulary.kind(id).isControl();
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Whether the space that was put before a text is taken off again. */
    boolean dropsLeadingSpace() {
        return marks.leadingSpace();
    }

    static void checkToken(int id, Vocabulary vocabulary) {
        if (id < 0 || id >= vocabulary.size()) {
            throw new InvalidInputException(
                    "There is no token " + id + ": the vocabulary has tokens 0 to " + (vocabulary.size() - 1) + ".");
        }
    }

    private static void checkLength(long characters) {
        if (characters > LONGEST_TEXT) {
            throw new InvalidInputException("The text has " + characters + " characters; at most " + LONGEST_TEXT
                    + " can be tokenized at once. Cut it into parts.");
        }
    }
}
