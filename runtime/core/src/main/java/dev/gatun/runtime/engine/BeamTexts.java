package dev.gatun.runtime.engine;

import dev.gatun.runtime.token.Tokenizer;
import dev.gatun.sampler.SamplingParams;

/** The texts of the beams of a search, as far as stop strings may still be met in them. */
final class BeamTexts {
    private final TextStream[] texts;
    private final TextStream trial;

    BeamTexts(Tokenizer tokenizer, SamplingParams sampling, int beams) {
        this.texts = new TextStream[beams];
        for (int i = 0; i < beams; i++) {
            texts[i] = unseen(tokenizer, sampling);
        }
        this.trial = unseen(tokenizer, sampling);
    }

    private static TextStream unseen(Tokenizer tokenizer, SamplingParams sampling) {
        return new TextStream(tokenizer, sampling, (bytes, offset, length) -> {});
    }

    /** Whether the text meets a stop string with this token; the text stays as it is. */
    boolean stops(int text, int token) {
        trial.copy(texts[text]);
        return trial.accept(token);
    }

    void add(int text, int token) {
        texts[text].accept(token);
    }

    void fork(int parent, int child) {
        texts[child].copy(texts[parent]);
    }
}
