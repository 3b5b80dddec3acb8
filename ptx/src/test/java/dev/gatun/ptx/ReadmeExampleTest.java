package dev.gatun.ptx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.Parameters;
import dev.gatun.ptx.exec.PtxMachine;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README, with its kernel. */
class ReadmeExampleTest {
    private static final String SCALE = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry scale(.param .u64 x, .param .f32 by) {
                .reg .pred %past; .reg .u32 %i; .reg .u64 %x, %element; .reg .f32 %value, %factor;
                ld.param.u64 %x, [x];
                ld.param.f32 %factor, [by];
                mov.u32 %i, %tid.x;
                setp.ge.u32 %past, %i, 3;
                @%past exit;
                mad.wide.u32 %element, %i, 4, %x;
                ld.global.f32 %value, [%element];
                mul.rn.f32 %value, %value, %factor;
                st.global.f32 [%element], %value;
                ret;
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void scalesEveryElement() throws IOException {
        Path file = Files.writeString(folder.resolve("scale.ptx"), SCALE);
        // What follows stands in the README.
        PtxEntry scale = PtxModule.parse(Files.readString(file)).entry("scale"); // (u64 x, f32 by)
        Checker checker = Checker.all();
        try (PtxMachine machine = new PtxMachine()) {
            float[] x = {1, 2, 3};
            long device = machine.allocate(MemorySegment.ofArray(x));
            MemorySegment parameters = Parameters.of(scale, device, 2f);
            machine.launch(scale, Dim3.of(1), Dim3.of(32), 0, parameters, LaunchOptions.DEFAULT.withWatcher(checker));
            machine.copyOut(MemorySegment.ofArray(x), device);
            assertArrayEquals(new float[] {2, 4, 6}, x);
        }
        checker.assertClean(); // or a report with the lines of both accesses of a race
    }

    @Test
    void theReadmeShowsThisExample() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/gatun/ptx/ReadmeExampleTest.java"));
        List<String> shown = Files.readString(Path.of("README.md"))
                .transform(text -> text.substring(text.indexOf("```java\n") + 8))
                .transform(text -> text.substring(0, text.indexOf("```")))
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("@") && !line.startsWith("void "))
                .toList();
        String body = String.join("\n", shown);
        String stripped = String.join("\n", source.lines().map(String::strip).toList());
        assertTrue(shown.size() > 10, body);
        assertTrue(stripped.contains(body), () -> "the test has not: " + body);
    }
}
