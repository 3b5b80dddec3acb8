package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.FinishReason;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.TokenLogprobs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How answers are written: as turns of a conversation, or as plain texts. The values are those of JSON. */
interface AnswerFormat {

    /** What identifiers begin with. */
    String idPrefix();

    /** The name of a whole answer, or of its pieces. */
    String object(boolean pieces);

    /** One of the answers as a whole. */
    Map<String, @Nullable Object> choice(int index, Generation generation, Answer answer);

    /** What comes before the first piece, if anything. */
    Optional<Map<String, @Nullable Object>> opening(int index);

    /**
     * A piece of an answer.
     *
     * @param logprobs of the tokens since the last piece; empty if they were not asked for
     */
    Map<String, @Nullable Object> piece(int index, String text, List<TokenLogprobs> logprobs);

    /** What comes after the last piece. */
    Map<String, @Nullable Object> closing(int index, FinishReason reason);

    /** OpenAI's word for why an answer ended. */
    static @Nullable String reason(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case CANCELLED, ERROR -> null;
        };
    }
}
