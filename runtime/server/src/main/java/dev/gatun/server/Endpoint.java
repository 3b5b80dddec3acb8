package dev.gatun.server;

/** What answers the requests of one path. */
@FunctionalInterface
public interface Endpoint {

    /**
     * Answers a request, now or later. Called on a thread of its own, which may wait.
     *
     * @throws ApiException if the request is refused or failed before an answer began
     */
    void handle(Exchange exchange);
}
