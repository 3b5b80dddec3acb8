package dev.gatun.server;

import dev.gatun.runtime.TestData;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.EngineOptions;

/** The default model behind a server on a port that was free. */
record ServedModel(Engine engine, GatunServer server, Client client) implements AutoCloseable {
    static final int SEQUENCES = 8;

    static ServedModel start() throws InterruptedException {
        return start(Limits.DEFAULTS);
    }

    static ServedModel start(Limits limits) throws InterruptedException {
        return start(ServerOptions.of("smollm2").withPort(0).withLimits(limits));
    }

    static ServedModel start(ServerOptions options) throws InterruptedException {
        Engine engine = Engine.open(
                TestData.smollm2(), EngineOptions.DEFAULTS.withContext(512).withSequences(SEQUENCES));
        GatunServer server = GatunServer.start(engine, options);
        return new ServedModel(engine, server, new Client(server));
    }

    @Override
    public void close() {
        server.close();
        engine.close();
    }
}
