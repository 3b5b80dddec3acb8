package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Mutants are one instruction away from their kernel, and of every kind. */
class MutatorTest {
    private static final String TEXT = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry small(.param .u64 x)
            {
                .reg .pred %p;
                .reg .b32 %a, %b;
                .reg .b64 %x;
                ld.param.u64 %x, [x];
                cvta.to.global.u64 %x, %x;
                mov.u32 %a, %tid.x; // the lane
                sub.u32 %b, %a, 4;
                setp.lt.u32 %p, %a, %b;
                @%p st.global.v2.b32 [%x + 8], {%a, %b};
                bar.sync 0;
                ret;
            }
            """;

    @Test
    void changeOneInstructionInEveryWayThereIs() {
        Set<String> changes = new Mutator(TEXT)
                .all().stream()
                        .map(mutant -> mutant.line() + " " + mutant.description())
                        .collect(Collectors.toSet());
        assertTrue(changes.contains("15 DELETED: bar.sync 0;"), changes::toString);
        assertTrue(changes.contains("12 OPERATION: sub.u32 %b, %a, 4; -> add.u32 %b, %a, 4;"), changes::toString);
        assertTrue(changes.contains("12 CONSTANT: sub.u32 %b, %a, 4; -> sub.u32 %b, %a, 8;"), changes::toString);
        assertTrue(
                changes.contains("13 COMPARISON: setp.lt.u32 %p, %a, %b; -> setp.le.u32 %p, %a, %b;"),
                changes::toString);
        assertTrue(
                changes.contains("13 SOURCES: setp.lt.u32 %p, %a, %b; -> setp.lt.u32 %p, %b, %a;"), changes::toString);
        String store = "@%p st.global.v2.b32 [%x + 8], {%a, %b};";
        String bare = "st.global.v2.b32 [%x + 8], {%a, %b};";
        assertTrue(changes.contains("14 GUARD_DROPPED: " + store + " -> " + bare), changes::toString);
        assertTrue(changes.contains("14 GUARD_NEGATED: " + store + " -> @!%p " + bare), changes::toString);
        assertTrue(changes.contains("14 ADDRESS: " + store + " -> @%p st.global.v2.b32 [%x + 16], {%a, %b};"));
        assertTrue(changes.contains("14 ELEMENTS: " + store + " -> @%p st.global.v2.b32 [%x + 8], {%b, %a};"));
        assertTrue(changes.contains("11 COORDINATE: mov.u32 %a, %tid.x; -> mov.u32 %a, %ctaid.x;"));
    }

    @Test
    void leaveAloneWhatCannotMatter() {
        for (Mutant mutant : new Mutator(TEXT).all()) {
            assertFalse(mutant.before().startsWith("cvta"), mutant::toString);
            assertFalse(mutant.before().startsWith("ret"), mutant::toString);
        }
    }

    @Test
    void areTheSameForTheSameSeedAndAllDifferent() {
        Mutator mutator = new Mutator(KernelTexts.text("rms_norm"));
        List<Mutant> mutants = mutator.draw(100, 7);
        assertEquals(mutants, mutator.draw(100, 7));
        assertEquals(mutants.subList(0, 10), mutator.draw(10, 7), "a smaller sample is the beginning of a larger one");
        assertNotEquals(mutants, mutator.draw(100, 8));
        assertEquals(
                100,
                mutants.stream().map(Mutant::text).collect(Collectors.toSet()).size());
    }

    @Test
    void areOfEveryKind() {
        List<Mutation> kinds = new ArrayList<>();
        for (String kernel : List.of("argmax", "matmul_row_q8_0", "matmul_row_int8_q8_0", "attention_decode_f16")) {
            new Mutator(KernelTexts.text(kernel)).draw(60, 1).forEach(mutant -> kinds.add(mutant.change()));
        }
        assertEquals(EnumSet.allOf(Mutation.class), EnumSet.copyOf(kinds));
    }
}
