package dev.gatun.cli.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssemblerTest {
    private static final String REPORT = """
            ptxas info    : 0 bytes gmem
            ptxas info    : Compiling entry function 'second' for 'sm_80'
            ptxas info    : Function properties for second
                144 bytes stack frame, 12 bytes spill stores, 20 bytes spill loads
            ptxas info    : Function properties for helper
                8 bytes stack frame, 1 bytes spill stores, 2 bytes spill loads
            ptxas info    : Used 255 registers, used 1 barriers, 144 bytes cumulative stack size, 4096 bytes smem
            ptxas info    : Compile time = 9.972 ms
            ptxas info    : Compiling entry function 'first' for 'sm_80'
            ptxas info    : Function properties for first
                0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
            ptxas info    : Used 26 registers, used 0 barriers
            """;

    @TempDir
    private Path folder;

    private Path script(String body) throws IOException {
        Path script = Files.writeString(folder.resolve("ptxas"), "#!/bin/sh\n" + body + "\n");
        assumeTrue(script.toFile().setExecutable(true), "no executable scripts here");
        return script;
    }

    @Test
    void readsEachEntryOfAReport() {
        assertEquals(
                Map.of(
                        "first", new Assembler.Usage(26, 0, 0, 0, 0),
                        "second", new Assembler.Usage(255, 4096, 144, 12, 20)),
                Assembler.parse(REPORT));
    }

    @Test
    void looksAtTheVariableFirstAndThenAtThePath() throws IOException {
        Path script = script("exit 0");
        Path other = Files.copy(script, folder.resolve("assembler"));
        assumeTrue(other.toFile().setExecutable(true), "no executable scripts here");
        String path = "/nowhere::" + folder;
        assertEquals(script, Assembler.find(Map.of("PATH", path)).orElseThrow().program());
        assertEquals(
                other,
                Assembler.find(Map.of("PATH", path, "GATUN_PTXAS", other.toString()))
                        .orElseThrow()
                        .program());
        assertTrue(Assembler.find(Map.of("PATH", "/nowhere")).isEmpty());
        assertTrue(Assembler.find(Map.of()).isEmpty());
        assertThrows(
                InvalidInputException.class, () -> Assembler.find(Map.of("GATUN_PTXAS", folder + "/no-such-program")));
    }

    @Test
    void passesTheTargetAndTheFileOn() throws IOException {
        Path script = script("echo \"error : $1 $2 $3 $5\"; exit 3");
        Assembler assembler = Assembler.find(Map.of("PATH", folder.toString())).orElseThrow();
        Assembler.Verdict verdict = assembler.assemble(script, "sm_90");
        assertEquals("error : -v -arch=sm_90 -o " + script.toAbsolutePath(), verdict.complaint());
        assertEquals(Map.of(), verdict.usages());
    }
}
