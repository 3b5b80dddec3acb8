package dev.gatun.kernels.gpu;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The questions of every kernel. A new kernel needs a line in one of the classes named here: a name, and questions that go
 * through every path of the kernel at the smallest shapes that do.
 */
final class Judges {
    private static final Map<String, Supplier<List<Question>>> QUESTIONS = new TreeMap<>();

    static {
        RowJudges.addTo(QUESTIONS);
        MatmulJudges.addTo(QUESTIONS);
        AttentionJudges.addTo(QUESTIONS);
        FusedJudges.addTo(QUESTIONS);
        TopKJudges.addTo(QUESTIONS);
    }

    private Judges() {}

    /** The kernels that have questions. */
    static Set<String> kernels() {
        return QUESTIONS.keySet();
    }

    static Judge of(String kernel) {
        return new Judge(kernel, questions(kernel));
    }

    static List<Question> questions(String kernel) {
        Supplier<List<Question>> questions = QUESTIONS.get(kernel);
        if (questions == null) {
            throw new IllegalArgumentException("no questions are known for the kernel " + kernel);
        }
        return questions.get();
    }
}
