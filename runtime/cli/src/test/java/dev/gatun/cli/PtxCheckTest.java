package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PtxCheckTest {
    private static final String HEAD = ".version 7.4\n.target sm_80\n.address_size 64\n";

    @TempDir
    private Path folder;

    private Session check(String text, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("k.ptx"), text);
        return more.length == 0
                ? Session.run("ptx", "check", file.toString())
                : Session.run("ptx", "check", file.toString(), more[0]);
    }

    @Test
    void listsTheEntriesOfAValidFile() throws IOException {
        Session session = check(HEAD + ".visible .entry a() { ret; }\n.visible .entry b() { ret; }\n", "--json");
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        assertEquals(List.of("a", "b"), session.json().get("entries"));
        assertEquals(List.of(), session.json().get("diagnostics"));
    }

    @Test
    void warnsWithoutFailing() throws IOException {
        Session session = check(HEAD + ".visible .entry a() {\n  .reg .b32 %idle;\n  ret;\n}\n");
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        assertTrue(session.out().contains("k.ptx:5:13: warning: register '%idle' is not used [unused-register]"));
        assertTrue(session.out().contains("1 entry (a), 1 warning\n"), session.out());
    }

    @Test
    void endsWithTwoAndAllErrors() throws IOException {
        Session session = check(HEAD + ".visible .entry a() {\n  add.u32 %r, 1, 2;\n  fly.u32 %r;\n}\n", "--json");
        assertEquals(ExitCode.USAGE, session.exitCode());
        List<?> diagnostics = (List<?>) session.json().get("diagnostics");
        assertEquals(2, diagnostics.size());
        Map<?, ?> second = (Map<?, ?>) diagnostics.get(1);
        assertEquals("error", second.get("severity"));
        assertEquals(6, second.get("line"));
        assertEquals(3, second.get("column"));
        assertEquals("verify", second.get("code"));
    }

    @Test
    void refusesWhatIsNoTextInOneSentence() throws IOException {
        byte[] bytes = new byte[4096];
        new Random(1).nextBytes(bytes);
        Path file = Files.write(folder.resolve("binary"), bytes);
        Session session = Session.run("ptx", "check", file.toString());
        assertEquals(ExitCode.USAGE, session.exitCode());
        assertEquals(1, session.err().lines().count(), session.err());
        assertEquals(
                ExitCode.USAGE, Session.run("ptx", "check", folder.toString()).exitCode());
    }

    @Test
    void reportsAnEmptyFileAndProseAsSyntaxErrors() throws IOException {
        for (String text : List.of("", "Once upon a time", "{".repeat(100_000), HEAD + "{".repeat(100_000))) {
            Session session = check(text, "--json");
            assertEquals(ExitCode.USAGE, session.exitCode(), session.err());
            assertTrue(session.out().contains("\"syntax\""), session.out());
        }
    }

    @Test
    void everyShippedKernelPassesWithoutDiagnostics() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../../ptx/src/main/ptx"))) {
            List<Path> kernels = files.filter(file -> file.toString().endsWith(".ptx"))
                    .sorted()
                    .toList();
            assertTrue(kernels.size() > 70, kernels.toString());
            for (Path kernel : kernels) {
                Session session = Session.run("ptx", "check", kernel.toString(), "--json");
                assertEquals(ExitCode.OK, session.exitCode(), session.err());
                assertEquals(List.of(), session.json().list("diagnostics"), kernel.toString());
                assertEquals(1, session.json().list("entries").size(), kernel.toString());
                assertEquals(List.of("entries", "diagnostics"), session.json().names());
            }
        }
    }
}
