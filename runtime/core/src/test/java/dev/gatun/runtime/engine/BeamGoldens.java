package dev.gatun.runtime.engine;

import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.beam.BeamParams;
import dev.gatun.sampler.beam.EarlyStopping;
import dev.gatun.sampler.constraint.Grammar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What Hugging Face transformers finds with the small random model; made by {@code src/test/python/make_beams.py}. */
final class BeamGoldens {

    /**
     * One prompt under one setting.
     *
     * @param ends the end tokens
     * @param found what is to be found, the best first
     */
    record Case(
            List<Integer> prompt, SamplingParams sampling, BeamParams beams, List<Integer> ends, List<Found> found) {
        Request request() {
            return Request.tokens(prompt).with(sampling).withBeams(beams);
        }
    }

    /** A sequence with its end token, and its score. */
    record Found(double score, List<Integer> tokens) {}

    private BeamGoldens() {}

    /** Opens the model from a copy in {@code folder}. */
    static Engine open(Path folder, EngineOptions options) {
        Path file = folder.resolve("beams.gguf");
        try (InputStream in = resource("beams.gguf")) {
            Files.write(file, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Engine.open(file, options);
    }

    static List<Case> read(String name) {
        List<Case> cases = new ArrayList<>();
        Map<String, String> setting = new HashMap<>();
        for (String line : lines(name)) {
            List<String> words = Arrays.asList(line.split(" ", -1));
            List<String> rest = words.subList(1, words.size());
            switch (words.getFirst()) {
                case "#" -> {}
                case "setting" -> {
                    setting = new HashMap<>();
                    for (String option : rest) {
                        setting.put(option.replaceAll("=.*", ""), option.replaceAll(".*=", ""));
                    }
                }
                case "prompt" ->
                    cases.add(new Case(
                            numbers(rest),
                            sampling(setting),
                            beams(setting),
                            list(setting, "eos_token_id"),
                            new ArrayList<>()));
                default -> cases.getLast().found().add(new Found(Double.parseDouble(words.getFirst()), numbers(rest)));
            }
        }
        return cases;
    }

    private static SamplingParams sampling(Map<String, String> setting) {
        List<Integer> ends = list(setting, "eos_token_id");
        SamplingParams.Builder builder = SamplingParams.GREEDY.toBuilder();
        if (setting.containsKey("regex")) {
            builder.constraint(Grammar.regex(setting.getOrDefault("regex", "")));
        }
        if (setting.containsKey("stop")) {
            builder.stop(setting.getOrDefault("stop", "").split(",", -1));
        }
        return builder.maxTokens(integer(setting, "max_new_tokens", 0))
                .minTokens(integer(setting, "min_new_tokens", 0))
                .stopTokenIds(ends)
                .repetitionPenalty(number(setting, "repetition_penalty", 1))
                .noRepeatNgramSize(integer(setting, "no_repeat_ngram_size", 0))
                .suppressTokens(list(setting, "suppress_tokens"))
                .build();
    }

    private static BeamParams beams(Map<String, String> setting) {
        String stopping = setting.getOrDefault("early_stopping", "false").toUpperCase(Locale.ROOT);
        return BeamParams.of(integer(setting, "num_beams", 0))
                .withLengthPenalty(number(setting, "length_penalty", 1))
                .withEarlyStopping(EarlyStopping.valueOf(stopping))
                .withGroups(integer(setting, "num_beam_groups", 1), number(setting, "diversity_penalty", 0))
                .withNumReturnSequences(integer(setting, "num_return_sequences", 1));
    }

    private static int integer(Map<String, String> setting, String name, int fallback) {
        return Integer.parseInt(setting.getOrDefault(name, Integer.toString(fallback)));
    }

    private static double number(Map<String, String> setting, String name, double fallback) {
        return Double.parseDouble(setting.getOrDefault(name, Double.toString(fallback)));
    }

    private static List<Integer> list(Map<String, String> setting, String name) {
        return setting.containsKey(name)
                ? numbers(Arrays.asList(setting.getOrDefault(name, "").split(",", -1)))
                : List.of();
    }

    static List<Integer> numbers(List<String> words) {
        return words.stream().map(Integer::valueOf).toList();
    }

    static List<String> lines(String name) {
        try (InputStream in = resource(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(BeamGoldens.class.getResourceAsStream(name), name);
    }
}
