package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Laws against those of Hugging Face's own processors and of transcriptions of vLLM and llama.cpp, written by {@code
 * src/test/python/goldens.py}: the same tokens stay, and their probabilities agree as far as float32 goes. {@code
 * -Dgatun.goldens=FILE} reads other ones, such as those of {@code random_goldens.py}.
 */
class GoldenTest {
    private static final double TOLERANCE = 1e-6;
    private static final int[] ENDS = {2, 5};

    record Golden(
            String name,
            SamplingParams params,
            List<Float> row,
            List<Integer> prompt,
            List<Integer> generated,
            Map<Integer, Double> law) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void makesTheSameLaw(Golden golden) {
        float[] row = array(golden.row.toArray(Float[]::new));
        double[] law = Laws.of(golden.params, row, array(golden.prompt), array(golden.generated), ENDS);
        for (int token = 0; token < law.length; token++) {
            Double expected = golden.law.get(token);
            assertEquals(expected != null, law[token] > 0, "whether token " + token + " stays: " + law[token]);
            if (expected != null) {
                assertEquals(expected, law[token], TOLERANCE, "token " + token);
            }
        }
    }

    /** Tokens that an independent transcription draws for a seed and a choice. */
    record Draws(SamplingParams params, List<Float> row, long seed, int choice, List<Integer> tokens) {}

    @ParameterizedTest
    @MethodSource("draws")
    void drawsTheSameTokens(Draws draws) {
        float[] row = array(draws.row.toArray(Float[]::new));
        var sampler = new Sampler(draws.params, row.length, new int[0], draws.seed, draws.choice);
        for (int token : draws.tokens) {
            assertEquals(token, sampler.next(row));
        }
    }

    static List<Golden> goldens() throws IOException {
        var goldens = new ArrayList<Golden>();
        read("law", (fields, rows) -> goldens.add(golden(fields, rows)));
        assertTrue(goldens.size() > 100);
        return goldens;
    }

    static List<Draws> draws() throws IOException {
        var draws = new ArrayList<Draws>();
        read("draws", (fields, rows) -> draws.add(draws(fields, rows)));
        assumeTrue(System.getProperty("gatun.goldens", "").isEmpty(), "other goldens have no draws");
        assertTrue(draws.size() > 10);
        return draws;
    }

    /** The file's format: a key and its value a line; one key completes an entry. */
    private static void read(String last, BiConsumer<Map<String, String>, Map<Integer, List<Float>>> entries)
            throws IOException {
        var rows = new HashMap<Integer, List<Float>>();
        var fields = new HashMap<String, String>();
        String more = System.getProperty("gatun.goldens", "");
        InputStream stream = more.isEmpty()
                ? Objects.requireNonNull(GoldenTest.class.getResourceAsStream("goldens.txt"))
                : Files.newInputStream(Path.of(more));
        try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int space = line.indexOf(' ');
                String key = space < 0 ? line : line.substring(0, space);
                String value = space < 0 ? "" : line.substring(space + 1);
                fields.put(key, value);
                if (key.equals("logits")) {
                    String[] numbers = value.split(" ", -1);
                    var row = Arrays.stream(numbers).skip(1).map(Float::valueOf).toList();
                    rows.put(Integer.parseInt(numbers[0]), row);
                } else if (key.equals(last)) {
                    entries.accept(fields, rows);
                }
            }
        }
    }

    private static Draws draws(Map<String, String> fields, Map<Integer, List<Float>> rows) {
        String[] seed = field(fields, "seed").split(" ", -1);
        return new Draws(
                params(fields),
                Objects.requireNonNull(rows.get(Integer.parseInt(field(fields, "row")))),
                Long.parseLong(seed[0]),
                Integer.parseInt(seed[1]),
                list(field(fields, "draws"), " "));
    }

    private static SamplingParams params(Map<String, String> fields) {
        var builder = SamplingParams.builder();
        for (String option : field(fields, "options").split(";", -1)) {
            int equals = option.indexOf('=');
            set(builder, option.substring(0, equals), option.substring(equals + 1));
        }
        return builder.build();
    }

    private static Golden golden(Map<String, String> fields, Map<Integer, List<Float>> rows) {
        var law = new HashMap<Integer, Double>();
        for (String entry : field(fields, "law").split(" ", -1)) {
            int colon = entry.indexOf(':');
            law.put(Integer.parseInt(entry.substring(0, colon)), Double.parseDouble(entry.substring(colon + 1)));
        }
        int row = Integer.parseInt(field(fields, "row"));
        return new Golden(
                field(fields, "case") + " on row " + row,
                params(fields),
                Objects.requireNonNull(rows.get(row)),
                list(field(fields, "prompt"), " "),
                list(field(fields, "generated"), " "),
                law);
    }

    private static String field(Map<String, String> fields, String name) {
        return Objects.requireNonNull(fields.get(name));
    }

    private static void set(SamplingParams.Builder builder, String option, String value) {
        switch (option) {
            case "order" -> builder.order(ChainOrder.parse(value));
            case "keep_ties" -> builder.keepTies(Boolean.parseBoolean(value));
            case "count_prompt" -> builder.countPrompt(Boolean.parseBoolean(value));
            case "temperature" -> builder.temperature(Double.parseDouble(value));
            case "top_k" -> builder.topK(Integer.parseInt(value));
            case "top_p" -> builder.topP(Double.parseDouble(value));
            case "min_p" -> builder.minP(Double.parseDouble(value));
            case "typical_p" -> builder.typicalP(Double.parseDouble(value));
            case "top_h" -> builder.topH(Double.parseDouble(value));
            case "top_n_sigma" -> builder.topNSigma(Double.parseDouble(value));
            case "epsilon_cutoff" -> builder.epsilonCutoff(Double.parseDouble(value));
            case "eta_cutoff" -> builder.etaCutoff(Double.parseDouble(value));
            case "repetition_penalty" -> builder.repetitionPenalty(Double.parseDouble(value));
            case "frequency_penalty" -> builder.frequencyPenalty(Double.parseDouble(value));
            case "presence_penalty" -> builder.presencePenalty(Double.parseDouble(value));
            case "repeat_last_n" -> builder.repeatLastN(Integer.parseInt(value));
            case "no_repeat_ngram_size" -> builder.noRepeatNgramSize(Integer.parseInt(value));
            case "suppress_tokens" -> builder.suppressTokens(list(value, ","));
            case "min_tokens" -> builder.minTokens(Integer.parseInt(value));
            case "bad_words" ->
                builder.badWords(Arrays.stream(value.split("\\|", -1))
                        .map(word -> list(word, ","))
                        .toList());
            case "sequence_bias" -> {
                var biases = new HashMap<List<Integer>, Float>();
                for (String entry : value.split("\\|", -1)) {
                    int colon = entry.indexOf(':');
                    biases.put(list(entry.substring(0, colon), ","), Float.parseFloat(entry.substring(colon + 1)));
                }
                builder.sequenceBias(biases);
            }
            case "logit_bias" -> {
                var biases = new HashMap<Integer, Float>();
                for (String entry : value.split(",", -1)) {
                    int colon = entry.indexOf(':');
                    biases.put(
                            Integer.parseInt(entry.substring(0, colon)), Float.parseFloat(entry.substring(colon + 1)));
                }
                builder.logitBias(biases);
            }
            default -> setGroup(builder, option, value.split(",", -1));
        }
    }

    private static void setGroup(SamplingParams.Builder builder, String option, String[] parts) {
        switch (option) {
            case "length_decay" ->
                builder.lengthDecay(new LengthDecay(Integer.parseInt(parts[0]), Double.parseDouble(parts[1])));
            case "xtc" -> builder.xtc(new Xtc(1, Double.parseDouble(parts[0])));
            case "dynatemp" ->
                builder.dynamicTemperature(
                        new DynamicTemperature(Double.parseDouble(parts[0]), Double.parseDouble(parts[1])));
            case "mirostat" ->
                builder.mirostat(new Mirostat(
                        Integer.parseInt(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2])));
            case "dry" ->
                builder.dry(new Dry(
                        Double.parseDouble(parts[0]),
                        Double.parseDouble(parts[1]),
                        Integer.parseInt(parts[2]),
                        Integer.parseInt(parts[3]),
                        parts[4].isEmpty()
                                ? List.of()
                                : Arrays.stream(parts[4].split("\\|", -1))
                                        .map(breaker -> list(breaker, "\\+"))
                                        .toList()));
            default -> throw new AssertionError(option);
        }
    }

    private static List<Integer> list(String text, String separator) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(separator, -1)).map(Integer::valueOf).toList();
    }

    private static int[] array(List<Integer> tokens) {
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    private static float[] array(Float[] numbers) {
        var array = new float[numbers.length];
        for (int i = 0; i < array.length; i++) {
            array[i] = numbers[i];
        }
        return array;
    }
}
