package dev.gatun.bench.serve;

import java.util.List;

/**
 * When a client got what, in nanoseconds from the begin of the load.
 *
 * @param due when it should have asked: what it waited before it could ask counts as waiting
 * @param pieces when each piece of the answer came
 * @param end when the answer's end came, or the client went
 * @param promptTokens as the server counts them; 0 if it does not say
 * @param answerTokens as the server counts them; the number of pieces if it does not say
 * @param cancelled whether the client went
 * @param failure what went wrong; empty if nothing did
 */
public record RequestTimes(
        long due, List<Long> pieces, long end, int promptTokens, int answerTokens, boolean cancelled, String failure) {

    boolean failed() {
        return !failure.isEmpty();
    }

    /** From when it should have asked to the first piece. */
    long timeToFirstToken() {
        return pieces.getFirst() - due;
    }

    /** Mean time of a token after the first. */
    double timePerOutputToken() {
        return answerTokens < 2 ? 0 : (double) (end - pieces.getFirst()) / (answerTokens - 1);
    }
}
