package dev.gatun.server.metrics;

import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.EngineStats;
import dev.gatun.runtime.engine.GenerationMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the server has done since it started, under the names that vLLM gives the same things, so that dashboards for it fit.
 * The buckets of times between tokens are finer below 10 ms.
 */
public final class ServerMetrics {
    private static final double[] FIRST_TOKEN = {
        .001, .0025, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560
    };
    private static final double[] BETWEEN_TOKENS = {
        .0005, .001, .0015, .002, .003, .004, .005, .0075, .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5,
        5, 7.5, 10, 20, 40, 80
    };
    private static final double[] WHOLE = {
        .01, .025, .05, .1, .2, .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920,
        7680
    };
    private static final double[] TOKENS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000
    };

    private final String modelName;
    private final Histogram timeToFirstToken = new Histogram(FIRST_TOKEN);
    private final Histogram interTokenLatency = new Histogram(BETWEEN_TOKENS);
    private final Histogram timePerOutputToken = new Histogram(BETWEEN_TOKENS);
    private final Histogram endToEnd = new Histogram(WHOLE);
    private final Histogram queue = new Histogram(WHOLE);
    private final Histogram prefill = new Histogram(WHOLE);
    private final Histogram decode = new Histogram(WHOLE);
    private final Histogram promptTokens = new Histogram(TOKENS);
    private final Histogram generatedTokens = new Histogram(TOKENS);
    private final LongAdder promptTokensTotal = new LongAdder();
    private final LongAdder cachedTokensTotal = new LongAdder();
    private final LongAdder generatedTokensTotal = new LongAdder();
    private final LongAdder draftTokensTotal = new LongAdder();
    private final LongAdder acceptedTokensTotal = new LongAdder();
    private final Map<String, LongAdder> finished = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> refused = new ConcurrentSkipListMap<>();

    private volatile long peakBytes;

    /** Counts for a model of this name. */
    public ServerMetrics(String modelName) {
        this.modelName = modelName;
    }

    /** The first token of an answer was sent. */
    public void firstToken(double seconds) {
        timeToFirstToken.observe(seconds);
    }

    /** A later piece of an answer was sent. */
    public void nextToken(double seconds) {
        interTokenLatency.observe(seconds);
    }

    /**
     * A request has ended.
     *
     * @param reason {@code stop}, {@code length}, {@code abort} or {@code error}
     * @param seconds from its receipt to its end
     */
    public void finished(String reason, double seconds, GenerationMetrics taken) {
        finished.computeIfAbsent(reason, key -> new LongAdder()).increment();
        peakBytes = taken.peakMemoryBytes();
        endToEnd.observe(seconds);
        queue.observe(taken.queueMilliseconds() / 1e3);
        prefill.observe(taken.prefill().milliseconds() / 1e3);
        decode.observe(taken.decode().milliseconds() / 1e3);
        promptTokens.observe(taken.promptTokens());
        generatedTokens.observe(taken.tokens());
        promptTokensTotal.add(taken.promptTokens());
        cachedTokensTotal.add(taken.cachedTokens());
        generatedTokensTotal.add(taken.tokens());
        draftTokensTotal.add(taken.draftedTokens());
        acceptedTokensTotal.add(taken.acceptedTokens());
        if (taken.timePerOutputTokenMilliseconds() > 0) {
            timePerOutputToken.observe(taken.timePerOutputTokenMilliseconds() / 1e3);
        }
    }

    /** A request was refused, with this status of HTTP. */
    public void refused(int status) {
        refused.computeIfAbsent(Integer.toString(status), key -> new LongAdder())
                .increment();
    }

    /** All of it as Prometheus reads it. */
    public String text(Engine engine, int connections) {
        EngineStats stats = engine.stats();
        int pages = stats.freePages() + stats.heldPages();
        PrometheusText text = new PrometheusText(modelName)
                .gauge("vllm:num_requests_running", "Sequences that take part in steps.", stats.running())
                .gauge("vllm:num_requests_waiting", "Requests that wait for room.", stats.waiting())
                .gauge(
                        "vllm:kv_cache_usage_perc",
                        "Share of the key-value cache's pages that are held; 1 is all.",
                        pages == 0 ? 0 : (double) stats.heldPages() / pages)
                .gauge("gatun:kv_pages_free", "Pages of the key-value cache nobody holds.", stats.freePages())
                .gauge("gatun:kv_pages_held", "Pages of the key-value cache that are held.", stats.heldPages())
                .gauge("gatun:kv_bytes", "Bytes of the whole key-value cache.", stats.kvBytes())
                .gauge("gatun:connections", "Open connections.", connections)
                .gauge("gatun:resident_peak_bytes", "Largest resident set at the last answer's end.", peakBytes)
                .counter("vllm:prompt_tokens_total", "Tokens of prompts.", promptTokensTotal.sum())
                .counter("vllm:prefix_cache_queries_total", "Tokens of prompts looked up.", promptTokensTotal.sum())
                .counter(
                        "vllm:prefix_cache_hits_total",
                        "Tokens of prompts found in the cache.",
                        cachedTokensTotal.sum())
                .counter("vllm:generation_tokens_total", "Tokens generated.", generatedTokensTotal.sum())
                .counter("vllm:spec_decode_num_draft_tokens_total", "Tokens guessed ahead.", draftTokensTotal.sum())
                .counter("vllm:spec_decode_num_accepted_tokens_total", "Guesses that held.", acceptedTokensTotal.sum());
        text.head("vllm:request_success_total", "Requests that ended, by reason.", "counter");
        finished.forEach(
                (reason, count) -> text.labelled("vllm:request_success_total", "finished_reason", reason, count.sum()));
        text.head("gatun:requests_refused_total", "Requests that were refused, by status.", "counter");
        refused.forEach(
                (status, count) -> text.labelled("gatun:requests_refused_total", "status", status, count.sum()));
        return text.histogram(
                        "vllm:time_to_first_token_seconds", "From receipt to the first token sent.", timeToFirstToken)
                .histogram("vllm:inter_token_latency_seconds", "Between pieces sent.", interTokenLatency)
                .histogram(
                        "vllm:request_time_per_output_token_seconds",
                        "Mean time between tokens of a request.",
                        timePerOutputToken)
                .histogram("vllm:e2e_request_latency_seconds", "From receipt to the end.", endToEnd)
                .histogram("vllm:request_queue_time_seconds", "From submission to the first step.", queue)
                .histogram("vllm:request_prefill_time_seconds", "Time in steps on the prompt.", prefill)
                .histogram("vllm:request_decode_time_seconds", "Time in steps after it.", decode)
                .histogram("vllm:request_prompt_tokens", "Tokens of a request's prompt.", promptTokens)
                .histogram("vllm:request_generation_tokens", "Tokens generated for a request.", generatedTokens)
                .toString();
    }
}
