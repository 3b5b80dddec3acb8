package dev.gatun.bench.gpu;

import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.EngineOptions;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.SamplingParams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Random prompts through a model, round after round, greedy and to the last token asked for.
 *
 * @param prompt tokens of each prompt
 * @param tokens of each answer
 * @param sequences at once
 */
record ModelRun(Path model, EngineOptions options, int prompt, int tokens, int sequences) {

    /**
     * Microseconds of a row in either phase; of all sequences together.
     *
     * @param decode none where one token was asked for
     */
    record Times(Samples prefill, Samples decode, String backend) {}

    /** Runs one round to warm up, then {@code rounds}, fewer if the budget is spent. */
    Times time(int rounds, Budget budget) {
        Samples prefill = new Samples();
        Samples decode = new Samples();
        EngineOptions sized = options.withContext(prompt + tokens).withSequences(sequences);
        try (Engine engine = Engine.open(model, sized)) {
            round(engine, 0);
            for (int round = 1; round <= rounds && (round == 1 || !budget.isSpent()); round++) {
                List<Generation> done = round(engine, round);
                prefill.add(1e6
                        / done.stream()
                                .mapToDouble(one -> one.metrics().prefill().rowsPerSecond())
                                .average()
                                .orElseThrow());
                if (tokens > 1) {
                    decode.add(1e6
                            / done.stream()
                                    .mapToDouble(one -> one.metrics().decode().rowsPerSecond())
                                    .sum());
                }
            }
            return new Times(prefill, decode, engine.stats().backend());
        }
    }

    private List<Generation> round(Engine engine, int seed) {
        Random random = new Random(seed); // other tokens each round, so that no prefix is found in the cache
        SamplingParams greedy = SamplingParams.builder()
                .temperature(0)
                .maxTokens(tokens)
                .ignoreEos(true)
                .build();
        List<Generation> all = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            List<Integer> ids =
                    random.ints(prompt, 3, engine.info().vocabulary()).boxed().toList();
            all.add(engine.submit(Request.tokens(ids).with(greedy)));
        }
        all.forEach(Generation::await);
        return all;
    }

    /** The tokens of a greedy answer to {@code text}. */
    static List<Integer> answer(Path model, EngineOptions options, String text, int tokens) {
        SamplingParams greedy =
                SamplingParams.builder().temperature(0).maxTokens(tokens).build();
        try (Engine engine = Engine.open(model, options)) {
            Generation generation = engine.submit(Request.text(text).with(greedy));
            generation.await();
            return Arrays.stream(generation.tokens()).boxed().toList();
        }
    }
}
