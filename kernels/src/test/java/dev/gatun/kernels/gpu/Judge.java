package dev.gatun.kernels.gpu;

import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.Watcher;
import java.util.Arrays;
import java.util.List;

/**
 * Decides whether a text is the kernel it is taken for: asks its questions of the launcher with that text on the PTX machine,
 * in two orders of blocks and warps, under all checkers.
 */
final class Judge {
    private static final List<String> ORDERS = List.of("reverse", "random(5)");
    private static final int PATIENCE = 8; // times the steps of the longest launch as kernels are shipped
    private static final long MIN_STEP_LIMIT = 20_000;

    /** What became of a text. */
    enum Verdict {
        /** Nothing was noticed. */
        CORRECT,
        /** A result is not within its bounds, or is other bits in another order. */
        WRONG,
        /** A checker reports. */
        REPORTED,
        /** The machine stopped it. */
        FAULTY,
        /** It did not end. */
        RUNAWAY
    }

    private final String kernel;
    private final List<Question> questions;
    private final long stepLimit;

    /**
     * For the kernel called {@code kernel}, whose shipped text must pass.
     *
     * @throws AssertionError if it does not, or if no question launches it
     */
    Judge(String kernel, List<Question> questions) {
        this.kernel = kernel;
        this.questions = questions;
        Steps steps = new Steps(kernel);
        for (Question question : questions) {
            requireCorrect(question, "forward", SubstituteDevice.architecture(kernel), steps);
        }
        if (!steps.launched) {
            throw new AssertionError("no question launches " + kernel);
        }
        this.stepLimit = Math.max(MIN_STEP_LIMIT, PATIENCE * steps.most);
        Verdict verdict = verdict(KernelTexts.text(kernel));
        if (verdict != Verdict.CORRECT) {
            throw new AssertionError(kernel + " as shipped is " + verdict);
        }
    }

    /**
     * Asks {@code question} of the kernels as they are shipped, in one order of blocks and warps.
     *
     * @throws AssertionError if the answer is not within its bounds or a checker reports
     */
    static float[] requireCorrect(Question question, String order, Watcher... more) {
        return requireCorrect(question, order, 0, more);
    }

    private static float[] requireCorrect(Question question, String order, int architecture, Watcher... more) {
        Checker checker = Checker.all();
        Watcher[] watchers = Arrays.copyOf(more, more.length + 1);
        watchers[more.length] = checker;
        LaunchOptions options = LaunchOptions.DEFAULT.withOrder(order).withWatcher(Watcher.of(watchers));
        float[] answer = question.answer(VmDevice.open(options, architecture));
        if (!checker.isClean()) {
            throw new AssertionError(question.what() + ", " + order + ": " + checker.report("kernel.ptx"));
        }
        if (question.excess(answer) > 0) {
            throw new AssertionError(
                    question.what() + ", " + order + ": beyond its bounds by " + question.excess(answer));
        }
        return answer;
    }

    Verdict verdict(String text) {
        for (Question question : questions) {
            float[] previous = null;
            for (String order : ORDERS) {
                Checker checker = Checker.all();
                LaunchOptions options = LaunchOptions.DEFAULT
                        .withOrder(order)
                        .withStepLimit(stepLimit)
                        .withWatcher(checker);
                float[] answer;
                try {
                    answer = question.answer(new SubstituteDevice(options, kernel, text));
                } catch (PtxFault fault) {
                    return fault.kind() == PtxFault.Kind.RUNAWAY ? Verdict.RUNAWAY : Verdict.FAULTY;
                }
                if (!checker.isClean()) {
                    return Verdict.REPORTED;
                }
                if (question.excess(answer) > 0 || (previous != null && !Arrays.equals(previous, answer))) {
                    return Verdict.WRONG;
                }
                previous = answer;
            }
        }
        return Verdict.CORRECT;
    }

    /** The most steps that a launch takes, and whether one is of the kernel. */
    private static final class Steps extends Watcher {
        private final String kernel;
        private long most;
        private boolean launched;

        Steps(String kernel) {
            this.kernel = kernel;
        }

        @Override
        public void launchEnds(Launch launch) {
            launched |= launch.entryName().equals(kernel);
            most = Math.max(most, launch.stepCount());
        }
    }
}
