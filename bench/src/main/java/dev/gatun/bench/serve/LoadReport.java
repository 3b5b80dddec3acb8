package dev.gatun.bench.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** What the clients of a load felt. */
public final class LoadReport {
    private final LoadPlan plan;
    private final List<RequestTimes> times;
    private final List<RequestTimes> answered;

    /** Of all requests of a load that has ended. */
    public LoadReport(LoadPlan plan, List<RequestTimes> times) {
        this.plan = plan;
        this.times = times;
        this.answered = times.stream()
                .filter(time -> !time.failed() && !time.cancelled())
                .toList();
    }

    /** Requests that failed. */
    public long failures() {
        return times.stream().filter(RequestTimes::failed).count();
    }

    /** What went wrong first, if anything did. */
    public Optional<String> firstFailure() {
        return times.stream().filter(RequestTimes::failed).findFirst().map(RequestTimes::failure);
    }

    /** From the first request's due time to the last answer's end. */
    double seconds() {
        long begin = times.stream().mapToLong(RequestTimes::due).min().orElse(0);
        return (times.stream().mapToLong(RequestTimes::end).max().orElse(0) - begin) / 1e9;
    }

    /** Tokens that came in a second, of answers that were cut short too. */
    public double tokensPerSecond() {
        return times.stream().mapToLong(RequestTimes::answerTokens).sum() / seconds();
    }

    /** Milliseconds, to 0.1 % of each value. */
    private static Map<String, Double> percentiles(Histogram histogram) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (double percentile : new double[] {50, 90, 95, 99, 100}) {
            String name = percentile == 100 ? "max" : "p" + (int) percentile;
            values.put(name, histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1e3);
        }
        return values;
    }

    private static Histogram histogram() {
        return new Histogram(3);
    }

    Map<String, Double> timeToFirstToken() {
        Histogram histogram = histogram();
        answered.forEach(time -> histogram.recordValue(time.timeToFirstToken() / 1_000));
        return percentiles(histogram);
    }

    Map<String, Double> betweenTokens() {
        Histogram histogram = histogram();
        for (RequestTimes time : answered) {
            for (int i = 1; i < time.pieces().size(); i++) {
                histogram.recordValue((time.pieces().get(i) - time.pieces().get(i - 1)) / 1_000);
            }
        }
        return percentiles(histogram);
    }

    Map<String, Double> timePerOutputToken() {
        Histogram histogram = histogram();
        answered.forEach(time -> histogram.recordValue((long) (time.timePerOutputToken() / 1e3)));
        return percentiles(histogram);
    }

    Map<String, Double> endToEnd() {
        Histogram histogram = histogram();
        answered.forEach(time -> histogram.recordValue((time.end() - time.due()) / 1_000));
        return percentiles(histogram);
    }

    /** Share of all requests whose first token came within this time. */
    public double goodput(double firstTokenMilliseconds) {
        return (double) answered.stream()
                        .filter(time -> time.timeToFirstToken() <= firstTokenMilliseconds * 1e6)
                        .count()
                / times.size();
    }

    /** The whole as plain values, with every sample. */
    public Map<String, Object> json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("server", plan.server());
        object.put("concurrency", plan.rate().isPresent() ? 0 : plan.concurrency());
        object.put("rate", plan.rate().orElse(0));
        object.put("requests", plan.requests());
        object.put("prompt_words", plan.promptWords().toString());
        object.put("answer_tokens", plan.answerTokens().toString());
        object.put("cancel_share", plan.cancelShare());
        object.put("seed", plan.seed());
        object.put("failures", failures());
        object.put("cancelled", times.stream().filter(RequestTimes::cancelled).count());
        object.put("seconds", seconds());
        object.put("tokens_per_second", tokensPerSecond());
        object.put("ttft_ms", timeToFirstToken());
        object.put("inter_token_ms", betweenTokens());
        object.put("tpot_ms", timePerOutputToken());
        object.put("e2e_ms", endToEnd());
        List<Map<String, Object>> samples = new ArrayList<>();
        for (RequestTimes time : times) {
            Map<String, Object> sample = new LinkedHashMap<>();
            sample.put("due_ns", time.due());
            sample.put("end_ns", time.end());
            sample.put("prompt_tokens", time.promptTokens());
            sample.put("answer_tokens", time.answerTokens());
            sample.put("cancelled", time.cancelled());
            sample.put("failure", time.failure());
            sample.put("pieces_ns", time.pieces());
            samples.add(sample);
        }
        object.put("samples", samples);
        return object;
    }

    /** The head of a Markdown table. */
    public static String tableHead() {
        return """
                | load | requests | failed | tokens/s | TTFT p50 / p95 / p99, ms | between tokens p50 / p95 / p99, ms | end p50, ms |
                |---|---|---|---|---|---|---|
                """;
    }

    /** One row of it. */
    public String tableRow() {
        String load = plan.rate().isPresent()
                ? String.format(Locale.ROOT, "%.2f/s", plan.rate().getAsDouble())
                : plan.concurrency() + " clients";
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.1f | %s | %s | %.0f |%n",
                load,
                times.size(),
                failures(),
                tokensPerSecond(),
                three(timeToFirstToken()),
                three(betweenTokens()),
                endToEnd().getOrDefault("p50", 0.0));
    }

    private static String three(Map<String, Double> percentiles) {
        return String.format(
                Locale.ROOT,
                "%.1f / %.1f / %.1f",
                percentiles.getOrDefault("p50", 0.0),
                percentiles.getOrDefault("p95", 0.0),
                percentiles.getOrDefault("p99", 0.0));
    }
}
