package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.exec.LaunchOptions;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The cases of the kernels as others find them, asked of the device under test. */
class KernelCasesTest {
    private final KernelCases cases =
            ServiceLoader.load(KernelCases.class).findFirst().orElseThrow();

    @TestFactory
    @Tag("gpu")
    Stream<DynamicTest> everyKernelGivesTheAnswersOfTheDefinition() {
        return cases.kernels().stream()
                .map(kernel -> DynamicTest.dynamicTest(kernel, () -> {
                    for (KernelCases.Case one : cases.of(kernel)) {
                        assertEquals(0, one.excess(ContractDevice.open()), one.what());
                    }
                }));
    }

    @Test
    void aKernelIsAskedAndAnswersOnTheMachine() {
        for (String kernel : new String[] {"add", "gate_up_row_int8_q8_0"}) {
            assertFalse(cases.of(kernel).isEmpty(), kernel);
            for (KernelCases.Case one : cases.of(kernel)) {
                assertEquals(0, one.excess(ContractDevice.open()), one.what());
            }
        }
    }

    @Test
    void aWrongKernelExceedsItsBounds() {
        String wrong = KernelTexts.text("add").replace("add.f32", "sub.f32").replace("add.rn.f32", "sub.rn.f32");
        assertTrue(cases.of("add").stream()
                .anyMatch(one -> one.excess(new SubstituteDevice(LaunchOptions.DEFAULT, "add", wrong)) > 0));
    }
}
