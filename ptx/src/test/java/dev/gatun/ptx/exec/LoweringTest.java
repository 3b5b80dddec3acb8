package dev.gatun.ptx.exec;

import dev.gatun.ptx.verify.Form;
import dev.gatun.ptx.verify.FormSamples;
import dev.gatun.ptx.verify.Forms;
import dev.gatun.ptx.verify.PtxModule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoweringTest {
    static Stream<Form> forms() {
        return Forms.groups().values().stream().flatMap(List::stream);
    }

    /** What verifies, runs: no form of the table is unknown to the machine. */
    @ParameterizedTest
    @MethodSource("forms")
    void lowersEveryFormOfTheTable(Form form) {
        PtxModule module = PtxModule.parse(FormSamples.module("8.8", "sm_90a", FormSamples.of(form)));
        try (PtxMachine machine = new PtxMachine()) {
            machine.prepare(module.entry("sample"));
        }
    }
}
