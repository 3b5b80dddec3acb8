package dev.gatun.ptx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DiagnosticTest {
    private static List<String> found(String body) {
        String text = """
                .version 7.4
                .target sm_80
                .address_size 64
                .visible .entry k(.param .u64 x)
                .maxntid 64, 1, 1
                {
                """ + body + "\n}\n";
        return Diagnostic.of(text).stream()
                .map(one -> one.position().line() + " " + one.code())
                .toList();
    }

    @Test
    void aTidyKernelHasNone() {
        assertEquals(List.of(), found("""
                .reg .b64 %x;
                ld.param.u64 %x, [x];
                st.global.u64 [%x], 1;
                ret;
                """));
    }

    @Test
    void namesWhatIsNotUsed() {
        assertEquals(
                List.of("4 unused-parameter", "7 unused-register", "8 unused-variable", "9 unused-label"),
                found(".reg .b32 %idle;\n.shared .b32 cell;\nnowhere:\nret;"));
    }

    @Test
    void namesARegisterThatNothingSets() {
        assertEquals(List.of("9 unset-register"), found("""
                .reg .b64 %x; .reg .b32 %value;
                ld.param.u64 %x, [x];
                st.global.u32 [%x], %value;
                ret;
                """));
    }

    @Test
    void namesCodeThatNothingReachesOnce() {
        assertEquals(List.of("9 unreachable-code"), found("""
                .reg .b64 %x;
                ld.param.u64 %x, [x]; exit;
                st.global.u32 [%x], 1;
                st.global.u32 [%x], 2;
                ret;
                """));
    }

    @Test
    void namesABarrierThatSomeThreadsMaySkip() {
        assertEquals(List.of("11 divergent-barrier"), found("""
                .reg .b64 %x; .reg .b32 %i; .reg .pred %low;
                ld.param.u64 %x, [x];
                mov.u32 %i, %tid.x;
                setp.lt.u32 %low, %i, 7;
                @%low bar.sync 0;
                st.global.u32 [%x], %i;
                ret;
                """));
    }

    @Test
    void acceptsABarrierUnderAPredicateThatAllThreadsShare() {
        assertEquals(List.of(), found("""
                .reg .b64 %x; .reg .b32 %i; .reg .pred %low;
                ld.param.u64 %x, [x];
                mov.u32 %i, %ctaid.x;
                setp.lt.u32 %low, %i, 7;
                @%low bar.sync 0;
                st.global.u32 [%x], %i;
                ret;
                """));
    }

    @Test
    void aLongChainBackwardsTakesNoTime() {
        StringBuilder body = new StringBuilder(
                ".reg .b64 %x; .reg .b32 %r<20001>; .reg .pred %p; ld.param.u64 %x, [x]; mov.u32 %r20000, %tid.x;");
        for (int i = 0; i < 20_000; i++) {
            body.append("{ .reg .b32 %own; mov.u32 %own, %r")
                    .append(i + 1)
                    .append("; mov.u32 %r")
                    .append(i);
            body.append(", %own; }\n");
        }
        body.append("setp.lt.u32 %p, %r0, 7;\n@%p bar.sync 0;\nst.global.u32 [%x], %r0; ret;");
        List<String> found = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> found(body.toString()));
        assertEquals(List.of("20008 divergent-barrier"), found);
    }

    @Test
    void reportsSeveralErrorsAtTheirPlaces() {
        assertEquals(List.of("7 verify", "8 verify"), found("add.u32 %a, 1, 2;\nfly.u32 %a;"));
        assertEquals(List.of("8 syntax"), found("ret"));
    }

    @Test
    void shippedKernelsAndCompiledOnesPass() throws IOException {
        try (Stream<Path> shipped = Files.walk(Path.of("src/main/ptx"));
                Stream<Path> compiled = Files.walk(Path.of("src/test/resources/corpus"))) {
            List<Path> files = Stream.concat(shipped, compiled)
                    .filter(file -> file.toString().endsWith(".ptx"))
                    .toList();
            assertTrue(files.size() > 90, files.toString());
            for (Path file : files) {
                List<Diagnostic> found = Diagnostic.of(Files.readString(file)).stream()
                        .filter(one ->
                                file.startsWith("src/main") || !one.code().equals("no-block-size"))
                        .toList();
                assertEquals(List.of(), found, file.toString());
            }
        }
    }
}
