package dev.gatun.server;

import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.server.http.Listener;
import dev.gatun.server.http.Routes;
import dev.gatun.server.openai.Api;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** A server for one engine: the entrance of this module. The engine stays its caller's, who closes it after the server. */
public final class GatunServer implements AutoCloseable {
    private final Api api;
    private final Listener listener;

    private GatunServer(Api api, Listener listener) {
        this.api = api;
        this.listener = listener;
    }

    /**
     * Starts to listen.
     *
     * @throws dev.gatun.runtime.InvalidInputException if the options name no address, or one that others reach without a key
     * @throws MissingCapabilityException if the port is taken
     */
    public static GatunServer start(Engine engine, ServerOptions options) throws InterruptedException {
        options.checkedAddress();
        Api api = new Api(engine, options);
        AtomicReference<Listener> opened = new AtomicReference<>();
        Routes routes = new Routes()
                .addOpen("GET", "/", api.page())
                .addOpen("GET", "/health", api.health())
                .add("GET", "/metrics", api.metrics(() -> connections(opened)))
                .add("GET", "/v1/models", api.models())
                .add("POST", "/v1/chat/completions", api.chatCompletions())
                .add("POST", "/v1/completions", api.textCompletions())
                .add("POST", "/tokenize", api.tokenize())
                .add("POST", "/detokenize", api.detokenize())
                .add("POST", "/apply-template", api.applyTemplate())
                .whenRefused(api::refused);
        try {
            Listener listener = Listener.open(routes, options);
            opened.set(listener);
            return new GatunServer(api, listener);
        } catch (IOException e) {
            api.close();
            throw new MissingCapabilityException(
                    "Port " + options.port() + " of " + options.host() + " can not be listened on (" + e.getMessage()
                            + "); give another --port, or 0 for any that is free.",
                    e);
        }
    }

    private static int connections(AtomicReference<Listener> opened) {
        Listener listener = opened.get();
        return listener == null ? 0 : listener.connections();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return listener.address();
    }

    /**
     * Refuses new requests and waits for those that are being answered.
     *
     * @return whether all were answered before the time was over
     */
    public boolean drain(Duration most) throws InterruptedException {
        api.drain();
        return api.awaitIdle(most);
    }

    /** Ends all connections; what is being answered is cancelled. */
    @Override
    public void close() {
        api.drain();
        listener.close();
        api.close();
    }
}
