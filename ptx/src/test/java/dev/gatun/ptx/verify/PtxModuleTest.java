package dev.gatun.ptx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.PtxVerifyException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PtxModuleTest {
    private static final String KERNEL = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry k(.param .u64 p, .param .u8 q, .param .f32 r, .param .align 16 .b8 s[20], .param .u16 t) {
            .reg .pred %%p<4>; .reg .b16 %%h<4>; .reg .b32 %%r<4>; .reg .u32 %%u<4>; .reg .f32 %%f<4>; .reg .b64 %%d<4>; .reg .v4 .f32 %%v;
            .shared .b32 tile[8];
            %s
            ret; }
            """;

    static Stream<Form> forms() {
        return Forms.groups().values().stream().flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void acceptsEveryFormOfTheTable(Form form) {
        PtxModule.parse(FormSamples.module("8.8", "sm_90a", FormSamples.of(form)));
    }

    @Test
    void laysParametersOutAsTheDriverDoes() {
        List<EntryParameter> parameters =
                PtxModule.parse(KERNEL.formatted("")).entry("k").parameters();
        assertEquals(
                List.of(
                        new EntryParameter("p", PtxType.U64, 8, 8, 0),
                        new EntryParameter("q", PtxType.U8, 1, 1, 8),
                        new EntryParameter("r", PtxType.F32, 4, 4, 12),
                        new EntryParameter("s", PtxType.B8, 20, 16, 16),
                        new EntryParameter("t", PtxType.U16, 2, 2, 36)),
                parameters);
        assertEquals(38, PtxModule.parse(KERNEL.formatted("")).entry("k").parameterBytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`frobnicate.u32 %u0, %u1;`               | 7:1: unknown instruction 'frobnicate'",
                "`add.u32 %u0, %u1, %f1;`                 | 7:19: %f1 is .f32, which does not fit .u32",
                "`add.f32 %f0, %f1, %u1;`                 | 7:19: %u1 is .u32, which does not fit .f32",
                "`add.f32 %f0, %f1, 1;`                   | 7:19: an integer constant does not fit .f32; write a floating constant such as 0f3F800000",
                "`add.u32 %u0, %u1;`                      | 7:1: add.u32 takes other operands than these 2; the form is =T T T",
                "`add.u32 %u0, %u1, 4294967296;`          | 7:19: constant 4294967296 does not fit .u32",
                "`add.u32 %u0, %u1, %u9;`                 | 7:19: '%u9' is not declared",
                "`add.u32 %u0, %u1, %tid;`                | 7:19: %tid is read by component: .x, .y or .z",
                "`bra nowhere;`                           | 7:5: label 'nowhere' is not set in this function",
                "`ld.global.u32 %u0, [tile];`             | 7:20: 'tile' lies in .shared, not in .global",
                "`ld.global.u32 %u0, [%u1];`              | 7:20: %u1 is .u32, which is no address in .global memory",
                "`ld.global.v4.f32 {%f0, %f1}, [%d0];`    | 7:18: the vector has 2 elements, expected 4",
                "`ld.global.v4.b64 {%d0,%d0,%d0,%d0}, [%d0];` | 7:1: a vector access moves at most 16 bytes; .v4 of 8-byte elements is 32",
                "`st.param.u64 [p], %d0;`                 | 7:1: the parameters of an entry cannot be written",
                "`@%u1 bra done; done:`                   | 7:2: %u1 is .u32, which does not fit .pred",
                "`griddepcontrol.wait;`                   | 7:1: griddepcontrol.wait needs .version 7.8 or newer (the module has 7.4) and .target sm_90 or newer (the module has sm_80)",
                "`bar.sync 16;`                           | 7:1: barrier 16 does not exist; a block has 0 to 15",
                "`bar.sync 1, 33;`                        | 7:1: the thread count 33 of a barrier is no positive multiple of 32",
                "`cp.async.cg.shared.global [tile], [%d0], 8;` | 7:1: cp.async.cg copies 16 bytes, not 8",
                "`.shared .b8 huge[2147483647][1000];`     | 7:13: 'huge' is larger than the 232448 bytes that .shared memory allows",
                "`.local .b32 huge[1000000];`               | 7:13: 'huge' is larger than the 524288 bytes that .local memory allows",
                "`call missing;`                          | 7:1: function 'missing' is not declared",
                "`done: done: add.u32 %u0, %u0, 1;`       | 7:7: label 'done' is set twice"
            })
    void rejectsWithPositionAndReason(String line, String message) {
        String text = KERNEL.formatted(line);
        String got = String.valueOf(assertThrows(PtxVerifyException.class, () -> PtxModule.parse(text))
                .getMessage());
        assertTrue(got.startsWith(message), got);
    }

    @Test
    void reportsSeveralProblemsAtOnce() {
        PtxVerifyException refusal = assertThrows(
                PtxVerifyException.class,
                () -> PtxModule.parse(KERNEL.formatted("foo.u32 %u0;\nbar.u32 %u0;\nneg.f32 %f0, %u1;")));
        assertEquals(
                List.of(7, 8, 9),
                refusal.problems().stream()
                        .map(problem -> problem.position().line())
                        .toList());
    }

    @Test
    void scopesHideNamesAroundThem() {
        PtxModule.parse(KERNEL.formatted("{ .reg .f32 %u0; neg.f32 %u0, %u0; } add.u32 %u0, %u0, 1;"));
    }

    @Test
    void rejectsRecursion() {
        String text = ".version 7.4 .target sm_80 .func f() { call f; ret; }";
        String message = String.valueOf(assertThrows(PtxVerifyException.class, () -> PtxModule.parse(text))
                .getMessage());
        assertTrue(message.contains("recursive call of 'f' is not supported"), message);
    }

    @Test
    void namesTheEntriesThereAre() {
        PtxModule module = PtxModule.parse(KERNEL.formatted(""));
        String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> module.entry("x"))
                .getMessage());
        assertEquals("no entry 'x' in the module; it has [k]", message);
    }
}
