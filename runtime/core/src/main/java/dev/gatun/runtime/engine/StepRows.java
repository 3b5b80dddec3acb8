package dev.gatun.runtime.engine;

/**
 * How many rows a step may have.
 *
 * @param prompt most rows of prompts
 * @param promptLogits most of them that ask for logits
 * @param decode most newest tokens with their guesses, all of which ask for logits
 */
record StepRows(int prompt, int promptLogits, int decode) {
    /** Bounds what the logits of prompts and evaluations take. */
    private static final int MOST_PROMPT_LOGITS = 32;

    static StepRows of(EngineOptions options) {
        return new StepRows(
                options.prefillChunk(),
                Math.min(MOST_PROMPT_LOGITS, options.prefillChunk()),
                options.sequences() * (1 + options.draftTokens()));
    }

    int all() {
        return prompt + decode;
    }

    int logits() {
        return promptLogits + decode;
    }
}
