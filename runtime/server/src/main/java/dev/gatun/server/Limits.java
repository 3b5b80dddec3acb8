package dev.gatun.server;

import java.time.Duration;

/**
 * What a stranger may ask of the server at most. What goes beyond is refused with the status named here.
 *
 * @param bodyBytes bytes of a request's body; 413
 * @param headerBytes bytes of a request's headers; 431
 * @param lineBytes bytes of a request's first line; 414
 * @param requestReadTime from a request's first byte to its last; 408
 * @param idleTime how long a connection may stay without a request; closed
 * @param connections open connections; 503
 * @param queued requests that wait for room among the running ones; 503
 * @param stalledReader how long a client may leave a stream unread when its buffer is full; cancelled
 * @param requestTime from submission to the end of the answer; cancelled
 * @param messages messages of a conversation; 400
 * @param choices {@code n}, {@code best_of} and {@code num_beams}; 400
 * @param stops stop strings; 400
 * @param stopCharacters characters of one stop string; 400
 * @param logitBias entries of {@code logit_bias}; 400
 * @param jsonDepth nested arrays and objects of a body; 400
 * @param jsonNumberCharacters characters of one number; 400
 * @param jsonStringCharacters characters of one string; 400
 * @param jsonTokens names, values and brackets of a body; 400
 */
public record Limits(
        int bodyBytes,
        int headerBytes,
        int lineBytes,
        Duration requestReadTime,
        Duration idleTime,
        int connections,
        int queued,
        Duration stalledReader,
        Duration requestTime,
        int messages,
        int choices,
        int stops,
        int stopCharacters,
        int logitBias,
        int jsonDepth,
        int jsonNumberCharacters,
        int jsonStringCharacters,
        int jsonTokens) {

    /** Enough for people's clients, too little to do harm. */
    public static final Limits DEFAULTS = new Limits(
            8 << 20,
            16 << 10,
            8 << 10,
            Duration.ofSeconds(30),
            Duration.ofSeconds(75),
            1_024,
            256,
            Duration.ofSeconds(15),
            Duration.ofMinutes(10),
            4_096,
            8,
            16,
            256,
            1_024,
            64,
            64,
            4 << 20,
            1_000_000);
}
