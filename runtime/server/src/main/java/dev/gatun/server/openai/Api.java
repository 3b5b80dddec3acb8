package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Engine;
import dev.gatun.server.Endpoint;
import dev.gatun.server.Reply;
import dev.gatun.server.ServerOptions;
import dev.gatun.server.json.JsonText;
import dev.gatun.server.metrics.ServerMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntSupplier;

/** All endpoints of one engine. */
public final class Api implements AutoCloseable {
    private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
            + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Engine engine;
    private final ServerOptions options;
    private final JsonText json;
    private final ModelName model;
    private final ServerMetrics metrics;
    private final Admission admission;
    private final Answering answering;
    private final LogprobsText logprobs;

    /** The endpoints of an engine, which stays the caller's. */
    public Api(Engine engine, ServerOptions options) {
        this.engine = engine;
        this.options = options;
        this.json = new JsonText(options.limits());
        this.model = new ModelName(options.modelName());
        this.metrics = new ServerMetrics(options.modelName());
        this.admission = new Admission(engine, options.limits());
        this.answering = new Answering(engine, admission, metrics, options.limits(), model.name());
        this.logprobs = new LogprobsText(engine);
    }

    /** {@code POST /v1/chat/completions}. */
    public Endpoint chatCompletions() {
        return new ChatCompletions(json, options.limits(), model, admission, answering, logprobs);
    }

    /** {@code POST /v1/completions}. */
    public Endpoint textCompletions() {
        return new TextCompletions(engine, json, options.limits(), model, admission, answering, logprobs);
    }

    /** {@code GET /v1/models}. */
    public Endpoint models() {
        return new Models(engine, model);
    }

    /** {@code POST /tokenize}. */
    public Endpoint tokenize() {
        return tokens()::tokenize;
    }

    /** {@code POST /detokenize}. */
    public Endpoint detokenize() {
        return tokens()::detokenize;
    }

    /** {@code POST /apply-template}. */
    public Endpoint applyTemplate() {
        return tokens()::applyTemplate;
    }

    private Tokens tokens() {
        return new Tokens(engine, json, options.limits());
    }

    /** {@code GET /health}. */
    public Endpoint health() {
        return new Health(engine, admission);
    }

    /** {@code GET /metrics}. */
    public Endpoint metrics(IntSupplier connections) {
        return exchange -> exchange.reply(
                Reply.text("text/plain; version=0.0.4; charset=utf-8", metrics.text(engine, connections.getAsInt())));
    }

    /** {@code GET /}: a page to talk to the model with. */
    public Endpoint page() {
        Reply reply =
                Reply.text("text/html; charset=utf-8", resource("page.html")).with("content-security-policy", POLICY);
        return exchange -> exchange.reply(reply);
    }

    private static String resource(String name) {
        try (InputStream stream = Objects.requireNonNull(Api.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Counts a request that was refused. */
    public void refused(int status) {
        metrics.refused(status);
    }

    /** Takes no more requests. */
    public void drain() {
        admission.drain();
    }

    /**
     * Waits until all requests have their answers.
     *
     * @return whether that came before the time was over
     */
    public boolean awaitIdle(Duration most) throws InterruptedException {
        return admission.awaitEmpty(most.toMillis());
    }

    @Override
    public void close() {
        answering.close();
    }
}
