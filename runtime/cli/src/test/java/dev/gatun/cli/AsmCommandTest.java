package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Assembly text from a file to bytes, or to an error with its place. */
class AsmCommandTest {
    private static final String KERNEL = """
            # adds
            .intel_syntax noprefix
            .macro twice r
                add \\r, \\r
            .endm
            .globl kernel
            kernel:
                mov rax, [rdi]
                twice rax
            again: dec rax
                jnz again
                ret
            """;

    @TempDir
    private Path folder;

    @Test
    void checkSaysWhatIsExported() throws IOException {
        Session session = Session.run("asm", "check", file(KERNEL));
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        assertTrue(session.out().endsWith(": 12 bytes; exports kernel\n"), session.out());
        JsonObject report = Session.run("asm", "check", "--json", file(KERNEL)).json();
        assertEquals(List.of("bytes", "entries", "diagnostics"), report.names());
        assertEquals(12, report.get("bytes"));
        assertEquals(List.of("kernel"), report.list("entries"));
        assertEquals(List.of(), report.list("diagnostics"));
    }

    @Test
    void checkNamesLineAndColumnOfAnError() throws IOException {
        String file = file(KERNEL.replace("dec rax", "dec rax, 5"));
        Session session = Session.run("asm", "check", file);
        assertEquals(ExitCode.USAGE, session.exitCode());
        assertEquals("", session.out());
        assertTrue(session.err().startsWith("gatun: " + file + ":10:8: "), session.err());
        Session json = Session.run("asm", "check", "--json", file);
        assertEquals(ExitCode.USAGE, json.exitCode());
        JsonObject diagnostic = json.json().objects("diagnostics").getFirst();
        assertEquals(List.of("severity", "line", "column", "message"), diagnostic.names());
        assertEquals(10, diagnostic.get("line"));
        assertEquals(8, diagnostic.get("column"));
        assertEquals(ExitCode.USAGE, Session.run("asm", "dump", file).exitCode());
    }

    @Test
    void dumpShowsOffsetBytesAndText() throws IOException {
        Session session = Session.run("asm", "dump", file(KERNEL));
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        assertEquals("""
                kernel:
                  000000  488b07                  mov rax, [rdi]
                  000003  4801c0                  add rax, rax
                again:
                  000006  48ffc8                  dec rax
                  000009  75fb                    jnz again
                  00000b  c3                      ret
                """, session.out());
        List<JsonObject> places = Session.run("asm", "dump", "--json", file(KERNEL))
                .out()
                .lines()
                .map(JsonObject::parse)
                .toList();
        assertEquals(7, places.size());
        assertEquals("4801c0", places.get(2).get("bytes"));
        assertEquals(4, places.get(2).get("line"), "the line of the macro's body");
    }

    @Test
    void takesTheKernelsOfThisProject() throws IOException {
        String root = System.getProperty("gatun.root");
        assumeTrue(root != null, "gatun.root is not set");
        Path folder = Path.of(root, "kernels", "src", "main", "asm", "x86_64");
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".s")).toList()) {
                Session session = Session.run("asm", "check", file.toString());
                assertEquals(ExitCode.OK, session.exitCode(), session.err());
            }
        }
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("kernel.s"), text).toString();
    }
}
