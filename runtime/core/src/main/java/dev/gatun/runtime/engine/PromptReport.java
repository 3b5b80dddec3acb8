package dev.gatun.runtime.engine;

import dev.gatun.sampler.Logprobs;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The log-probabilities of a prompt's tokens, where they are asked for. */
final class PromptReport {
    private final @Nullable Logprobs reader;
    private final LogprobLog log;

    /** @param most how many of the best tokens to report at each place, if any */
    PromptReport(OptionalInt most, int vocabulary, int promptLength) {
        this.reader = most.isPresent() ? Logprobs.of(vocabulary, most.getAsInt()) : null;
        this.log = most.isPresent() ? LogprobLog.of(most.getAsInt(), promptLength) : LogprobLog.none();
    }

    boolean isWanted() {
        return reader != null;
    }

    /** Reads the log-probability of the prompt's {@code token} from the logits of the token before. */
    void read(float[] logits, int token) {
        if (reader != null) {
            reader.read(logits, token);
            log.add(reader);
        }
    }

    LogprobLog log() {
        return log;
    }
}
