package dev.gatun.server;

import java.util.Optional;

/** One request, and the way its answer goes: a {@link #reply}, or {@link #events}. Any thread may use it. */
public interface Exchange {

    /** The method, such as {@code POST}. */
    String method();

    /** The path without a query, such as {@code /v1/models}. */
    String path();

    /** The body, whole. */
    byte[] body();

    /** A header, by its name in any case. */
    Optional<String> header(String name);

    /** Does something when the client goes before its answer is complete; at once if it is gone already. */
    void whenGone(Runnable action);

    /** Answers as a whole. */
    void reply(Reply reply);

    /** Answers piece by piece, as server-sent events. */
    EventStream events();
}
