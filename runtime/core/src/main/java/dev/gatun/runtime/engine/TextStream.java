package dev.gatun.runtime.engine;

import dev.gatun.runtime.token.Detokenizer;
import dev.gatun.runtime.token.Tokenizer;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.StopMatcher;

/**
 * From tokens to text that may be shown: whole characters only, and nothing that could still turn out to begin a stop
 * string. Allocates nothing a token.
 */
final class TextStream {
    private final Detokenizer characters;
    private final StopMatcher stops;
    private final Detokenizer.Sink toStops = this::append;
    private final StopMatcher.Sink shown;
    private final int exemptTokens; // stop strings do not count in the text of the first so many tokens
    private int tokens;
    private boolean stopped;

    /** @param shown gets the text that may be shown, in UTF-8 */
    TextStream(Tokenizer tokenizer, SamplingParams sampling, StopMatcher.Sink shown) {
        this.characters = new Detokenizer(tokenizer);
        this.stops = new StopMatcher(sampling.stop());
        this.exemptTokens = sampling.minTokens();
        this.shown = shown;
    }

    /**
     * Hands on what the text of one more token allows to be shown.
     *
     * @return whether a stop string was met; the text ends before it
     */
    boolean accept(int token) {
        tokens++;
        characters.accept(token, toStops);
        return stopped;
    }

    /** Goes on from where another stream of the same tokenizer and options stands. */
    void copy(TextStream that) {
        characters.copy(that.characters);
        stops.copy(that.stops);
        tokens = that.tokens;
        stopped = that.stopped;
    }

    /** Hands on what was held back, since no more text follows. */
    void finish() {
        characters.finish(toStops);
        stops.finish(shown);
    }

    private void append(byte[] text, int offset, int length) {
        if (tokens <= exemptTokens) {
            stops.pass(text, offset, length, shown);
        } else {
            stopped = stops.accept(text, offset, length, shown);
        }
    }
}
