package dev.gatun.runtime.token;

/** What a token is for, in the order of the numbers in {@code tokenizer.ggml.token_type}, which begin at 1. */
enum TokenKind {
    NORMAL,
    /** Stands for what the vocabulary can not spell. */
    UNKNOWN,
    /** Steers the model: begin and end of text, turns. Never text. */
    CONTROL,
    /** Text that is one token wherever it stands. */
    USER_DEFINED,
    UNUSED,
    /** One byte, spelled {@code <0x0A>}. */
    BYTE;

    private static final TokenKind[] KINDS = values();

    /** Whether text may become this token through the algorithm of the vocabulary. */
    boolean spellsText() {
        return this == NORMAL || this == USER_DEFINED || this == UNUSED;
    }

    /** Whether the token is no text. */
    boolean isControl() {
        return this == CONTROL || this == UNKNOWN;
    }

    /** The kind of this number in the file, or {@code NORMAL} for a number that is not defined. */
    static TokenKind of(int number) {
        return number >= 1 && number <= KINDS.length ? KINDS[number - 1] : NORMAL;
    }
}
