package dev.gatun.kernels.gpu;

import dev.gatun.kernels.gpu.Judge.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What a kernel's judge says of a number of its mutants.
 *
 * @param mutants how many there were
 * @param verdicts how many of each
 * @param survivors those that nobody noticed
 */
record MutationSurvey(String kernel, int mutants, Map<Verdict, Integer> verdicts, List<Mutant> survivors) {

    /** Judges {@code count} mutants of {@code kernel}, the same ones every time. */
    static MutationSurvey of(String kernel, int count, int threads) {
        Judge judge = Judges.of(kernel);
        List<Mutant> mutants = new Mutator(KernelTexts.text(kernel)).draw(count, kernel.hashCode());
        List<Future<Verdict>> judged = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (Mutant mutant : mutants) {
                judged.add(pool.submit(() -> judge.verdict(mutant.text())));
            }
        }
        Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
        List<Mutant> survivors = new ArrayList<>();
        for (int i = 0; i < mutants.size(); i++) {
            Verdict verdict = verdict(kernel, mutants.get(i), judged.get(i));
            verdicts.merge(verdict, 1, Integer::sum);
            if (verdict == Verdict.CORRECT) {
                survivors.add(mutants.get(i));
            }
        }
        return new MutationSurvey(kernel, mutants.size(), verdicts, survivors);
    }

    /** A mutant may do anything but break the machine. */
    private static Verdict verdict(String kernel, Mutant mutant, Future<Verdict> judged) {
        try {
            return judged.get();
        } catch (ExecutionException e) {
            throw new AssertionError(kernel + ", " + mutant + " breaks the machine", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    int noticed() {
        return mutants - survivors.size();
    }
}
