package dev.gatun.kernels.cpu.asm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssemblerTest {
    private static final int SAMPLES_OF_A_FORM = 60;

    @TempDir
    Path directory;

    @Test
    void everyFormGivesTheBytesOfGnuAs() {
        FormSamples samples = new FormSamples(1);
        List<String> lines = new ArrayList<>();
        for (Form form : Forms.all()) {
            if (form.encoding() != Form.Encoding.JUMP) {
                lines.addAll(samples.of(form, SAMPLES_OF_A_FORM));
            }
        }
        byte[] expected = GnuAs.assemble(directory, String.join("\n", lines));
        StringBuilder wrong = new StringBuilder();
        int at = 0;
        for (String line : lines) {
            byte[] mine = Assembler.assemble(line).bytes();
            byte[] theirs = Arrays.copyOfRange(expected, at, at + mine.length);
            if (!Arrays.equals(mine, theirs)) {
                HexFormat hex = HexFormat.ofDelimiter(" ");
                wrong.append(line + ": " + hex.formatHex(mine) + ", GNU as has " + hex.formatHex(theirs) + "\n");
                break; // what follows is shifted
            }
            at += mine.length;
        }
        assertEquals("", wrong.toString());
        assertEquals(expected.length, at);
    }

    @Test
    void jumpsTakeTheShortFormWhereItReaches() {
        StringBuilder text = new StringBuilder("first:\n");
        String[] jumps = Forms.all().stream()
                .filter(f -> f.encoding() == Form.Encoding.JUMP)
                .map(Form::mnemonic)
                .toArray(String[]::new);
        for (int round = 0; round < 3; round++) {
            for (String jump : jumps) {
                text.append(jump).append(" first\n").append(jump).append(" last\n");
                text.append(jump).append(" middle").append(round).append("\n");
            }
            text.append("middle").append(round).append(":\n");
        }
        text.append("last: ret\n");
        assertArrayEquals(
                GnuAs.assemble(directory, text.toString()),
                Assembler.assemble(text.toString()).bytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "product_q4",
                "product_q8",
                "quantise",
                "pack",
                "cpu_features",
                "rms_norm",
                "rope",
                "append",
                "swiglu",
                "add",
                "attend"
            })
    void kernelsAreTheBytesOfGnuAs(String name) {
        String text = KernelCode.text(name);
        assertArrayEquals(
                GnuAs.assemble(directory, text), Assembler.assemble(text).bytes());
    }

    @Test
    void macrosExpandAsInGnuAs() {
        String text = """
                .equ sum, zmm3
                .equ STRIDE, 4 * (2 + 6)
                .equ pointer, rsi
                .macro tile n, tokens
                again_\\n:
                .irp t, \\tokens
                vpdpbusd zmm1\\t, zmm16, [pointer + 32*\\t + STRIDE*2]{1to16} # a comment
                .irp u, 1, 2
                vaddps sum{k\\u}{z}, sum, zmm1\\t\\()
                .endr
                .endr
                dec rcx
                jnz again_\\n
                .endm
                .globl here
                here:
                tile 8, "0,1,2"
                tile 2, 1
                """;
        Code code = Assembler.assemble(text);
        assertEquals(0, code.entries().get("here"));
        assertArrayEquals(GnuAs.assemble(directory, text), code.bytes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        frobnicate eax | 1:1: unknown instruction
        mov eax, rbx | 1:1: no form of mov
        mov [rax], 1 | 1:1: no form of mov
        vaddps zmm0, zmm1, ymm2 | 1:1: no form of vaddps
        vaddps zmm0, zmm1, [rax]{1to8} | 1:1: no form of vaddps
        vpand xmm16, xmm0, xmm1 | 1:1: no form of vpand
        vmovups [rax]{k1}{z}, zmm1 | 1:1: no form of vmovups
        vmovups zmm1{k0}, zmm2 | 1:13: not a mask
        mov rax, [rbx + rsp] | 1:10: rsp is no index
        mov rax, [rbx + rcx*3] | 1:17: a scale is
        mov rax, [rbx + rcx + rdx] | 1:23: an address has
        mov rax, [rbx + 0x80000000] | 1:10: the displacement needs
        jmp nowhere | 1:5: no label
        .align 16 | 1:1: unknown directive
        .irp t, 1 | 1:1: .irp without .endr
        mov eax, 1 2 | 1:12: ',' is expected
        """)
    void refusesWithLineAndColumn(String text, String beginning) {
        AsmException thrown = assertThrows(AsmException.class, () -> Assembler.assemble(text));
        assertTrue(String.valueOf(thrown.getMessage()).startsWith(beginning), thrown::toString);
    }

    @Test
    void macrosThatCallThemselvesEnd() {
        assertThrows(AsmException.class, () -> Assembler.assemble(".macro m\nm\nm\n.endm\nm\n"));
        String doubling = ".irp a,1,2,3,4,5,6,7,8,9\n".repeat(12) + "ret\n" + ".endr\n".repeat(12);
        assertThrows(AsmException.class, () -> Assembler.assemble(doubling));
    }

    @Test
    void randomTextIsRefusedOrAssembledAndNothingElse() {
        Random random = new Random(3);
        FormSamples samples = new FormSamples(2);
        List<Form> forms = Forms.all();
        String alphabet = "abekmrxyz0123456789 \t,.[]{}()+-*:#\\\"_\n";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            if (round % 4 == 0) {
                for (int i = random.nextInt(60); i > 0; i--) {
                    text.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
            } else {
                Form form = forms.get(random.nextInt(forms.size()));
                text.append(samples.of(form, 1).iterator().next());
                for (int i = random.nextInt(4); i > 0; i--) {
                    int at = random.nextInt(text.length());
                    text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                }
                text.insert(0, round % 4 == 1 ? ".irp k, 1, 2\n" : ".macro m a\n");
                text.append(round % 4 == 1 ? "\n.endr" : "\n.endm\nm rax\n");
            }
            try {
                Assembler.assemble(text.toString());
            } catch (AsmException e) {
                assertTrue(e.line() >= 1 && e.column() >= 1);
            } catch (RuntimeException e) {
                fail(text.toString(), e);
            }
        }
    }
}
