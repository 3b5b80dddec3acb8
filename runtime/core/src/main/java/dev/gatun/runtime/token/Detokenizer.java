package dev.gatun.runtime.token;

/**
 * Turns the tokens of one text into UTF-8 as they arrive. What the sink gets is whole characters; all of it together is
 * {@link Tokenizer#decode} of all the tokens without control tokens. Allocates nothing per token. Not thread-safe.
 */
public final class Detokenizer {
    private final Vocabulary vocabulary;
    private final boolean dropsLeadingSpace;
    private final Utf8Repair characters = new Utf8Repair();
    private boolean atStart = true;

    /** Takes text as UTF-8, whole characters only. */
    @FunctionalInterface
    public interface Sink {
        /** Takes {@code bytes[offset..offset + length)}, which are valid only during the call; length is at least 1. */
        void append(byte[] bytes, int offset, int length);
    }

    public Detokenizer(Tokenizer tokenizer) {
        vocabulary = tokenizer.vocabulary();
        dropsLeadingSpace = tokenizer.dropsLeadingSpace();
    }

    /**
     * Takes the next token and hands on the characters that it completes, if any.
     *
     * @throws dev.gatun.runtime.InvalidInputException if the vocabulary has no such token
     */
    public void accept(int token, Sink out) {
        Tokenizer.checkToken(token, vocabulary);
        if (vocabulary.kind(token).isControl()) {
            return;
        }
        int from = vocabulary.offset(token);
        int length = vocabulary.length(token);
        if (atStart && length > 0) {
            atStart = false;
            if (dropsLeadingSpace && vocabulary.store()[from] == ' ') {
                from++;
                length--;
            }
        }
        characters.accept(vocabulary.store(), from, from + length);
        flush(out);
    }

    /** Goes on from where another one of the same tokenizer stands. */
    public void copy(Detokenizer that) {
        characters.copy(that.characters);
        atStart = that.atStart;
    }

    /** Ends the text: a character that is not whole becomes U+FFFD. The next token begins a new text. */
    public void finish(Sink out) {
        characters.finish();
        flush(out);
        atStart = true;
    }

    private void flush(Sink out) {
        int size = characters.size();
        if (size > 0) {
            characters.clear();
            out.append(characters.buffer(), 0, size);
        }
    }
}
