package dev.gatun.ptx.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.PtxSyntaxException;
import dev.gatun.ptx.StateSpace;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModuleSyntaxTest {
    private static final String HEAD = ".version 7.4\n.target sm_80\n.address_size 64\n";

    private static final String COMPILED = HEAD + """
            .file 1 "kernel.cu"
            .extern .shared .align 16 .b8 dynamic[];
            .const .align 4 .b8 table[8] = {0, 0, 128, 63, 0, 0, 0, 64};
            .global .f32 scale[2] = {0f3F800000, 2.5};
            .func (.param .b32 result) helper(.param .b32 a) ;
            .visible .entry kernel(
                .param .u64 .ptr .global .align 16 kernel_param_0, // a comment
                .param .align 8 .b8 kernel_param_1[24]
            ) .maxntid 128, 1, 1 .minnctapersm 2
            {
                .reg .pred %p<3>; .reg .f32 %f<10>, %x; .reg .v4 .f32 %v;
                /* over
                   two lines */
                .loc 1 12 7
                ld.param.u64 %rd1, [kernel_param_0+-8];
            $L__BB0_1: @!%p1 bra.uni $L__BB0_1;
                { .reg .u32 %t; add.u32 %t, %t, -(1 << 4) + 3; }
                shfl.sync.bfly.b32 %r1|%p1, %r2, 16, 0x1f, 0xffffffff;
                call.uni (r), helper, (a, b);
                ld.global.v4.f32 {%f1, _, %f3, %f4}, [%rd1 + 16];
                table: .branchtargets $L__BB0_1, done;
                .pragma "nounroll";
            done: ret;
            }
            """;

    @Test
    void readsWhatACompilerWrites() {
        ModuleSyntax module = ModuleSyntax.parse(COMPILED);
        assertEquals(74, module.version());
        assertEquals(List.of("sm_80"), module.targets());
        assertEquals("kernel.cu", module.files().get(1));
        assertEquals(3, module.variables().size());
        assertTrue(module.variables().get(0).isOpen());
        assertEquals(8, module.variables().get(1).byteSize());

        Function kernel = module.functions().get(1);
        assertTrue(kernel.isEntry());
        assertEquals(List.of(128, 1, 1), kernel.attributes().get("maxntid"));
        assertEquals(24, kernel.parameters().get(1).byteSize());
        assertEquals(8, kernel.parameters().get(1).alignment());
        assertEquals(StateSpace.PARAM, kernel.parameters().get(0).space());
    }

    @Test
    void keepsLineAndColumnOfEveryInstruction() {
        List<Statement> body = Objects.requireNonNull(
                ModuleSyntax.parse(COMPILED).functions().get(1).body());
        Statement.Instruction load = (Statement.Instruction) body.stream()
                .filter(Statement.Instruction.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertEquals("18:5", load.position().toString());
        assertEquals("ld.param.u64 %rd1, [kernel_param_0+-8];", load.text());
        assertEquals(
                -8,
                assertInstanceOf(Operand.Address.class, load.operands().get(1)).offset());
    }

    @Test
    void foldsConstantExpressions() {
        assertEquals(-13, constant("-(1 << 4) + 3"));
        assertEquals(7, constant("1 ? 3 + 4 : 9"));
        assertEquals(~5L, constant("~5"));
        assertEquals(32, constant("WARP_SZ"));
        assertEquals(8, constant("010"));
        assertEquals(5, constant("0b101"));
        assertEquals(-1, constant("0xFFFFFFFFFFFFFFFFU"));
        assertEquals(1, constant("3 * 2 == 6 && 4 >= 4"));
    }

    private static long constant(String expression) {
        ModuleSyntax module = ModuleSyntax.parse(HEAD + ".global .s64 x = " + expression + ";");
        Variable.Initializer value = module.variables().get(0).initializer();
        return ((Operand.Int) ((Variable.Initializer.Constant) Objects.requireNonNull(value)).value()).value();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`.target sm_80`                                     | 1:1: a PTX file begins with .version, not with '.target'",
                "`.version 7.4 .target sm_80 .entry k() { ret }`     | 1:45: expected an operand but found '}'",
                "`.version 7.4 .target sm_80 .entry k() { add 1,; }` | 1:47: expected an operand but found ';'",
                "`.version 7.4 .target sm_80 /* open`                | 1:28: comment without end",
                "`.version 7.4 .target sm_80 .global .x32 y;`        | 1:36: '.x32' is not a type of PTX",
                "`.version 7.4 .target sm_80 .global .u32 y = 0f12;` | 1:45: 0f takes exactly 8 hexadecimal digits",
                "`.version 7.4 .target sm_80 .reg .u32 r;`           | 1:28: .reg is not allowed outside a function",
                "`.version 7.4 .target sm_80 .address_size 32`       | 1:42: .address_size 32 is not supported; use 64",
                "`.version 7.4 .target sm_80 #define X`              | 1:28: unexpected character '#'; PTX is not preprocessed here",
                "`.version 7.4 .target sm_80 .global .u32 y = 1 / 0;`| 1:49: division by zero in a constant expression"
            })
    void saysWhereAndWhatIsNotPtx(String text, String message) {
        assertEquals(
                message,
                assertThrows(PtxSyntaxException.class, () -> ModuleSyntax.parse(text))
                        .getMessage());
    }

    @Test
    void refusesBottomlessNesting() {
        String text = HEAD + ".global .u32 x = " + "(".repeat(100_000) + "1;";
        PtxSyntaxException refusal = assertThrows(PtxSyntaxException.class, () -> ModuleSyntax.parse(text));
        assertTrue(String.valueOf(refusal.getMessage()).contains("nested more than"), refusal.getMessage());
    }

    /** Cut anywhere, with any one character changed, text is either read or refused, and nothing else happens. */
    @Property(tries = 500)
    void refusesDamagedTextWithAPosition(
            @ForAll @IntRange(max = 1400) int end, @ForAll @IntRange(max = 1400) int at, @ForAll char character) {
        StringBuilder text = new StringBuilder(COMPILED);
        text.setCharAt(Math.min(at, text.length() - 1), character);
        text.setLength(Math.min(end, text.length()));
        try {
            ModuleSyntax.parse(text.toString());
        } catch (PtxSyntaxException refused) {
            assertTrue(refused.position().line() >= 1);
        }
    }
}
