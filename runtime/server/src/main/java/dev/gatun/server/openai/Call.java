package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Request;
import java.util.List;

/**
 * What a client asks for.
 *
 * @param requests one for each prompt, their prompts as tokens
 * @param format how the answers are written
 * @param stream whether they are sent piece by piece
 * @param usage whether a stream ends with what it took
 * @param ranked whether the order of the answers is known only at the end
 * @param promptLogprobs whether those of the prompt are part of the answer
 * @param unknown names of fields that nobody knows
 */
record Call(
        List<Request> requests,
        AnswerFormat format,
        boolean stream,
        boolean usage,
        boolean ranked,
        boolean promptLogprobs,
        List<String> unknown) {

    /** How many answers each request gives. */
    int answersEach() {
        return requests.getFirst().answers();
    }
}
