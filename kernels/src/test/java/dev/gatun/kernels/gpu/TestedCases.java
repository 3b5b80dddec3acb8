package dev.gatun.kernels.gpu;

import dev.gatun.kernels.device.Device;
import java.util.List;
import java.util.Set;

/** The questions of {@link Judges}, for devices that the tests do not know. */
public final class TestedCases implements KernelCases {

    @Override
    public Set<String> kernels() {
        return Judges.kernels();
    }

    @Override
    public List<Case> of(String kernel) {
        return Judges.questions(kernel).stream()
                .map(Question::ofAnyDevice)
                .map(TestedCases::of)
                .toList();
    }

    private static Case of(Question question) {
        return new Case() {
            @Override
            public String what() {
                return question.what();
            }

            @Override
            public double excess(Device device) {
                return Math.max(0, question.excess(question.answer(device)));
            }
        };
    }
}
