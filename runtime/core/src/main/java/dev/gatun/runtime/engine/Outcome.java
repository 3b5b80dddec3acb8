package dev.gatun.runtime.engine;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The outputs of one request as its readers see them: which are its answers, and in what order. */
final class Outcome {
    private static final Output NOTHING = new Output(0, LogprobLog.none());

    private final List<Output> outputs;
    private final int answers;
    private final boolean ranked;

    /**
     * @param answers how many of the outputs are answers
     * @param ranked whether these are the ones of the highest scores, known when all have ended; otherwise the first
     */
    Outcome(Output[] outputs, int answers, boolean ranked) {
        this.outputs = Arrays.asList(outputs);
        this.answers = answers;
        this.ranked = ranked;
    }

    /** The output that is, or will be, an answer; waits for the end if that is known only then. */
    Output answer(int number) throws InterruptedException {
        return ranked ? await().get(number) : outputs.get(number);
    }

    /** The answers in their order; waits for the end. */
    List<Output> await() throws InterruptedException {
        for (Output output : outputs) {
            output.await();
        }
        if (!ranked) {
            return outputs.subList(0, answers);
        }
        return best();
    }

    /** Those of the highest scores, the earlier one first among equals; the first if none has an answer. */
    private List<Output> best() {
        List<Output> best = outputs.stream()
                .filter(Output::isAnswer)
                .sorted(Comparator.comparingDouble((Output output) -> -output.score()))
                .limit(answers)
                .toList();
        return best.isEmpty() ? outputs.subList(0, 1) : best;
    }

    /** The first answer, as far as it is known; an output without a token where the order is known only at the end. */
    Output firstSoFar() {
        return soFar(0);
    }

    /** The same of another answer. */
    Output soFar(int number) {
        if (!ranked) {
            return outputs.get(number);
        }
        return outputs.stream().allMatch(Output::isFinished) ? best().get(number) : NOTHING;
    }
}
