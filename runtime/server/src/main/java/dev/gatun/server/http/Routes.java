package dev.gatun.server.http;

import dev.gatun.server.ApiException;
import dev.gatun.server.Endpoint;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/** Which endpoint answers which path and method. */
public final class Routes {
    private final Map<String, Map<String, Route>> byPath = new HashMap<>();
    private IntConsumer refused = status -> {};

    /**
     * An endpoint and what it needs.
     *
     * @param open whether it answers without the key
     */
    record Route(Endpoint endpoint, boolean open) {}

    /** Adds an endpoint. */
    public Routes add(String method, String path, Endpoint endpoint) {
        return add(method, path, new Route(endpoint, false));
    }

    /** Adds an endpoint that needs no key. */
    public Routes addOpen(String method, String path, Endpoint endpoint) {
        return add(method, path, new Route(endpoint, true));
    }

    private Routes add(String method, String path, Route route) {
        byPath.computeIfAbsent(path, key -> new TreeMap<>()).put(method, route);
        return this;
    }

    /** What is told each status of a refusal. */
    public Routes whenRefused(IntConsumer listener) {
        refused = listener;
        return this;
    }

    void refused(int status) {
        refused.accept(status);
    }

    /**
     * The route of a request.
     *
     * @throws ApiException 404 if there is none, 405 if the path has other methods
     */
    Route find(String method, String path) {
        Map<String, Route> methods = byPath.get(path);
        if (methods == null) {
            throw new ApiException(404, "invalid_request_error", null, "not_found", "There is nothing at this path.");
        }
        Route route = methods.get(method);
        if (route == null) {
            throw new ApiException(
                    405,
                    "invalid_request_error",
                    null,
                    "method_not_allowed",
                    "This path takes " + String.join(", ", methods.keySet()) + ".");
        }
        return route;
    }
}
