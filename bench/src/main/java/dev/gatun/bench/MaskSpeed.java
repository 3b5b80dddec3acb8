package dev.gatun.bench;

import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.token.Tokenizer;
import dev.gatun.sampler.Sampler;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.TokenFilter;
import dev.gatun.sampler.TokenTrie;
import dev.gatun.sampler.constraint.Grammar;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * What constraints cost with a model's vocabulary: compiling, the mask of each place of a text when it is reached first and
 * when it is known, and a greedy step with and without a mask. In processor time of the thread, the least of some rounds.
 */
public final class MaskSpeed {
    private static final int ROUNDS = 15;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final String TEXT = "{\"name\":\"Ada Lovelace, of London\",\"tags\":[\"mathematics\",\"engines\"],"
            + "\"age\":36,\"note\":\"first \\\"programmer\\\" \u2603\"}";

    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":100},"
                    + "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"age\":{\"type\":\"integer\",\"minimum\":0,"
                    + "\"maximum\":150},\"note\":{\"type\":\"string\"}},\"required\":[\"name\"]}";

    private record Case(String name, Supplier<Grammar> grammar, String text) {}

    private MaskSpeed() {}

    /** {@code MODEL}, of which only the vocabulary is read. */
    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("usage: MaskSpeed MODEL");
            System.exit(2);
        }
        Tokenizer tokenizer;
        try (Arena arena = Arena.ofConfined()) {
            tokenizer = Tokenizer.of(GgufFile.open(Path.of(arguments[0]), arena).metadata());
        }
        TokenTrie texts = TokenTrie.of(
                tokenizer.vocabularySize(), token -> tokenizer.isControl(token) ? new byte[0] : tokenizer.bytes(token));
        System.out.printf("%,d tokens, %,d nodes%n", texts.size(), texts.nodes());
        List.of(
                        new Case("any text", () -> Grammar.regex("[\\s\\S]*"), TEXT),
                        new Case("words", () -> Grammar.regex("([A-Za-z]+ )*[a-z]+\\."), "the quick brown fox jumps."),
                        new Case("JSON object", Grammar::jsonObject, TEXT),
                        new Case("JSON schema", () -> Grammar.jsonSchema(SCHEMA), TEXT))
                .forEach(one -> masks(one, tokenizer.encode(one.text(), false), texts));
        step("no constraint", SamplingParams.GREEDY, texts);
        for (String pattern : List.of("[\\s\\S]*", "[A-Za-z ,]*", "[0-9]*")) {
            step(
                    pattern,
                    SamplingParams.GREEDY.toBuilder()
                            .constraint(Grammar.regex(pattern))
                            .build(),
                    texts);
        }
    }

    private static double micros(long begin) {
        return (THREADS.getCurrentThreadCpuTime() - begin) / 1e3;
    }

    private static void masks(Case one, int[] tokens, TokenTrie texts) {
        double compile = Double.MAX_VALUE;
        double known = Double.MAX_VALUE;
        double[] first = new double[tokens.length];
        Arrays.fill(first, Double.MAX_VALUE);
        for (int round = 0; round < ROUNDS; round++) {
            long begin = THREADS.getCurrentThreadCpuTime();
            Grammar grammar = one.grammar().get();
            compile = Math.min(compile, micros(begin));
            TokenFilter filter = grammar.begin(texts);
            for (int i = 0; i < tokens.length; i++) {
                begin = THREADS.getCurrentThreadCpuTime();
                filter.allowed();
                filter.accept(tokens[i]);
                first[i] = Math.min(first[i], micros(begin));
            }
            filter = grammar.begin(texts);
            begin = THREADS.getCurrentThreadCpuTime();
            for (int token : tokens) {
                filter.allowed();
                filter.accept(token);
            }
            known = Math.min(known, micros(begin) / tokens.length);
        }
        Arrays.sort(first);
        System.out.printf(
                "%-12s compiled in %.2f ms; masks reached first: mean %.0f, median %.0f, most %.0f us; known: %.2f us%n",
                one.name(),
                compile / 1e3,
                Arrays.stream(first).average().orElseThrow(),
                first[first.length / 2],
                first[first.length - 1],
                known);
    }

    private static void step(String name, SamplingParams params, TokenTrie texts) {
        float[] row = new float[texts.size()];
        Random random = new Random(1);
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian();
        }
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 4 * ROUNDS; round++) {
            Sampler sampler = new Sampler(params, row.length, new int[] {0}, 1, 0, texts);
            sampler.next(row);
            long begin = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < 100; i++) {
                sampler.next(row);
            }
            least = Math.min(least, micros(begin) / 100);
        }
        System.out.printf("greedy step under %s: %.0f us%n", name, least);
    }
}
