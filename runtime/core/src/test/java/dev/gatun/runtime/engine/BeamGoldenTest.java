package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beam search over the cache finds the sequences and scores that Hugging Face transformers finds with the same model. */
class BeamGoldenTest {
    /**
     * What a token's log-probability may differ by: it is a float32 below 8 in magnitude, so half an ulp is 2.4e-7, and logits
     * of magnitude 6 come out of two dozen float32 sums of 32 to 64 terms in either program, for which 16 ulps are allowed.
     */
    private static final double TOKEN_ERROR = 16 * 0x1p-21;

    private static Engine engine;

    @BeforeAll
    static void open(@TempDir Path folder) {
        engine = BeamGoldens.open(
                folder,
                EngineOptions.DEFAULTS
                        .withActivations(Activations.F32)
                        .withKvType(DType.F32)
                        .withThreads(1)
                        .withSequences(8));
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"beams.txt, 200", "beam-groups.txt, 100", "beam-ends.txt, 200"})
    void findsTheSameSequencesAndScores(String goldens, int count) {
        List<BeamGoldens.Case> cases = BeamGoldens.read(goldens);
        assertEquals(count, cases.size());
        List<String> differing = new ArrayList<>();
        double worst = 0;
        for (BeamGoldens.Case each : cases) {
            List<Answer> answers = engine.submit(each.request()).answers();
            List<List<Integer>> expected =
                    each.found().stream().map(BeamGoldens.Found::tokens).toList();
            List<List<Integer>> found = answers.stream().map(Answer::tokens).toList();
            List<List<Integer>> wanted = expected.stream()
                    .map(tokens ->
                            each.ends().contains(tokens.getLast()) ? tokens.subList(0, tokens.size() - 1) : tokens)
                    .toList();
            if (!wanted.equals(found)) {
                differing.add(
                        each.prompt() + " " + each.beams() + "\n wanted " + each.found() + "\n found  " + answers);
                continue;
            }
            for (int i = 0; i < answers.size(); i++) {
                int length = expected.get(i).size();
                boolean ended = each.ends().contains(expected.get(i).getLast());
                if (ended || each.sampling().constraint().isEmpty()) {
                    assertEquals(
                            ended || meetsStop(answers.get(i).tokens(), each) ? FinishReason.STOP : FinishReason.LENGTH,
                            answers.get(i).finishReason());
                }
                double allowed =
                        TOKEN_ERROR * length / Math.pow(length, each.beams().lengthPenalty());
                double error = Math.abs(answers.get(i).score().orElseThrow()
                        - each.found().get(i).score());
                worst = Math.max(worst, error / allowed);
            }
        }
        assertEquals(List.of(), differing, () -> differing.size() + " of " + cases.size());
        assertTrue(worst <= 1, "error of a score, in what is allowed: " + worst);
        assertEquals(0, engine.stats().heldPages());
    }

    /** Whether the spelling of the tokens, each one character, ends with a stop string. */
    private static boolean meetsStop(List<Integer> tokens, BeamGoldens.Case golden) {
        String text = engine.decode(tokens.stream().mapToInt(Integer::intValue).toArray());
        return golden.sampling().stop().stream().anyMatch(text::endsWith);
    }

    @Test
    void stopsAndFormsEndSequencesThatWouldHaveGoneOn() {
        List<BeamGoldens.Case> cases = BeamGoldens.read("beam-ends.txt");
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < cases.size(); i += 5) {
            answers.addAll(engine.submit(cases.get(i).request()).answers());
        }
        long stopped = answers.stream()
                .filter(answer -> answer.finishReason() == FinishReason.STOP)
                .count();
        assertTrue(stopped > answers.size() / 4 && stopped < answers.size(), stopped + " of " + answers.size());
        long cut = answers.stream()
                .filter(answer -> answer.text().length() < answer.tokens().size())
                .count();
        assertTrue(cut > 4, "texts that end before a stop string: " + cut);
    }
}
