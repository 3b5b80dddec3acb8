package dev.gatun.bench.gpu;

import dev.gatun.kernels.gpu.KernelCases;
import java.util.ArrayList;
import java.util.List;

/** The cases of the kernels' own tests, asked of the stand's device: every kernel that is shipped, small awkward shapes. */
public final class ContractPart implements Part {
    private final KernelCases cases = Stand.cases();
    private final String kernels;

    /** @param kernels regular expression of the names of those that are asked */
    public ContractPart(String kernels) {
        this.kernels = kernels;
    }

    @Override
    public String name() {
        return "contract";
    }

    @Override
    public char letter() {
        return 'b';
    }

    @Override
    public String title() {
        return "Contract of the kernels: the same cases as on the PTX machine";
    }

    @Override
    public List<String> inputs() {
        return List.of(kernels);
    }

    @Override
    public List<Case> cases(Stand stand) {
        List<Case> all = new ArrayList<>();
        for (String kernel : cases.kernels()) {
            if (kernel.matches(kernels)) {
                all.add(Case.of(kernel, budget -> ask(stand, kernel)));
            }
        }
        return all;
    }

    private Row ask(Stand stand, String kernel) {
        int held = 0;
        StringBuilder broken = new StringBuilder();
        List<KernelCases.Case> asked = cases.of(kernel);
        for (KernelCases.Case one : asked) {
            double excess = one.excess(stand.lent());
            if (excess > 0) {
                broken.append(one.what())
                        .append(" misses its bound by ")
                        .append(excess)
                        .append("; ");
            } else {
                held++;
            }
        }
        String note = held + " of " + asked.size() + " cases hold" + (broken.isEmpty() ? "" : ": " + broken);
        return Row.check(kernel, broken.isEmpty(), note).with("cases", asked.size());
    }
}
