package dev.gatun.bench;

import dev.gatun.kernels.Activations;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.EngineOptions;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.GenerationMetrics;
import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.SamplingParams;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Prefill and decode of a model, round by round, each between two measurements of the machine's read bandwidth: a share of
 * what the machine can do says more than tokens a second.
 */
public final class ModelSpeed {
    private static final String USAGE =
            "MODEL [-p PROMPT_TOKENS] [-n TOKENS] [-r ROUNDS] [-t THREADS] [-a f32|int8|auto]";
    private static final List<String> OPTIONS = List.of("-p", "-n", "-r", "-t", "-a");

    /** One round: rows a second of either phase, and the bandwidth around it in 10^9 bytes a second. */
    record Round(double prefill, double decode, double bandwidth) {}

    private ModelSpeed() {}

    /** {@code MODEL [-p PROMPT_TOKENS] [-n TOKENS] [-r ROUNDS] [-t THREADS] [-a f32|int8|auto]}. */
    public static void main(String[] arguments) {
        boolean known = arguments.length % 2 == 1
                && IntStream.range(1, arguments.length)
                        .filter(i -> i % 2 == 1)
                        .allMatch(i -> OPTIONS.contains(arguments[i]));
        if (!known) {
            System.err.println("usage: ModelSpeed " + USAGE);
            System.exit(2);
        }
        int prompt = Integer.parseInt(option(arguments, "-p", "512"));
        int tokens = Integer.parseInt(option(arguments, "-n", "128"));
        int rounds = Integer.parseInt(option(arguments, "-r", "3"));
        int threads = Integer.parseInt(
                option(arguments, "-t", "" + Runtime.getRuntime().availableProcessors()));
        Activations activations = Activations.valueOf(option(arguments, "-a", "auto").toUpperCase(Locale.ROOT));
        EngineOptions options = EngineOptions.DEFAULTS
                .withThreads(threads)
                .withActivations(activations)
                .withContext(prompt + tokens);
        ReadBandwidth bandwidth = new ReadBandwidth(threads);
        try (Engine engine = Engine.open(Path.of(arguments[0]), options)) {
            System.out.println(engine.info().name() + ", " + engine.stats().backend());
            run(engine, prompt, tokens, 0, bandwidth); // warm-up
            List<Round> all = IntStream.rangeClosed(1, rounds)
                    .mapToObj(round -> run(engine, prompt, tokens, round, bandwidth))
                    .toList();
            report(engine, prompt, tokens, all);
        }
    }

    private static Round run(Engine engine, int prompt, int tokens, int seed, ReadBandwidth bandwidth) {
        double before = bandwidth.measure();
        Random random = new Random(seed); // other tokens each round, so that no prefix is found in the cache
        List<Integer> ids = random.ints(prompt, 0, engine.info().vocabulary()).boxed().toList();
        SamplingParams sampling =
                SamplingParams.builder().temperature(0).maxTokens(tokens).ignoreEos(true).build();
        Generation generation = engine.submit(Request.tokens(ids).with(sampling));
        generation.await();
        GenerationMetrics metrics = generation.metrics();
        double after = bandwidth.measure();
        return new Round(
                metrics.prefill().rowsPerSecond(), metrics.decode().rowsPerSecond(), (before + after) / 2e9);
    }

    private static void report(Engine engine, int prompt, int tokens, List<Round> rounds) {
        double prefill = median(rounds.stream().mapToDouble(Round::prefill).toArray());
        double decode = median(rounds.stream().mapToDouble(Round::decode).toArray());
        double bandwidth = median(rounds.stream().mapToDouble(Round::bandwidth).toArray());
        double read = decode * engine.info().weightBytes() / 1e9;
        System.out.printf(Locale.ROOT, "pp%d  %8.1f tokens/s%n", prompt, prefill);
        System.out.printf(
                Locale.ROOT,
                "tg%d  %8.1f tokens/s, weights at %.1f GB/s = %.0f %% of the %.1f GB/s that this machine reads%n",
                tokens,
                decode,
                read,
                100 * read / bandwidth,
                bandwidth);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static String option(String[] arguments, String name, String fallback) {
        for (int i = 1; i < arguments.length; i += 2) {
            if (arguments[i].equals(name)) {
                return arguments[i + 1];
            }
        }
        return fallback;
    }
}
