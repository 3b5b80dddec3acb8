package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.ModelStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own: pipes, signals, and the launcher with a real build. */
@Tag("slow")
class ProcessTest {
    private static final String ENDLESS = "Count from 1 to 1000.";

    @TempDir
    private Path folder;

    private Path err;

    @BeforeEach
    void nameErrorFile() {
        err = folder.resolve("err");
    }

    @Test
    void endsQuietlyWhenThePipeIsClosed() throws Exception {
        requireModel();
        Process process = gatun("run", "--ignore-eos", "--max-tokens", "2000", ENDLESS);
        assertTrue(process.getInputStream().read() >= 0);
        process.getInputStream().close();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), "it must notice that nobody reads");
        assertEquals(ExitCode.OK, process.exitValue());
        assertNoTrace();
    }

    @Test
    void listingsEndQuietlyToo() throws Exception {
        requireModel();
        Process process = gatun("inspect", "smollm2", "--json");
        process.getInputStream().close();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(ExitCode.OK, process.exitValue());
        assertNoTrace();
    }

    @Test
    void anInterruptEndsTheAnswerWithItsMetrics() throws Exception {
        requireModel();
        Process process = gatun("run", "--ignore-eos", "--max-tokens", "4000", ENDLESS);
        assertTrue(process.getInputStream().read() >= 0);
        interrupt(process);
        byte[] rest = process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(ExitCode.INTERRUPTED, process.exitValue());
        assertEquals('\n', rest[rest.length - 1]);
        assertTrue(Files.readString(err).contains("TTFT "), Files.readString(err));
        assertNoTrace();
    }

    @Test
    void tokenizeAnswersEachLineAtOnce() throws Exception {
        requireModel();
        Process process = gatun("tokenize", "--jsonl");
        try (var writer = process.outputWriter(StandardCharsets.UTF_8);
                var reader =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String text : List.of("one", "zwölf", "二十")) {
                writer.write("\"" + text + "\"\n");
                writer.flush();
                assertTrue(reader.readLine().startsWith("["));
            }
        }
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(ExitCode.OK, process.exitValue());
    }

    /** The whole way of a newcomer: a checkout, an old Java on the PATH, no JAVA_HOME, another folder, a link. */
    @Test
    void theLauncherBuildsOnceAndRuns() throws Exception {
        Path root = Path.of(System.getProperty("gatun.root", ".")).toRealPath();
        assumeTrue(Files.exists(root.resolve("gatun")), "no launcher");
        Path checkout = folder.resolve("a checkout");
        copySources(root, checkout);
        Path link = Files.createSymbolicLink(folder.resolve("gatun"), checkout.resolve("gatun"));

        String first = launch(link, "--version");
        assertTrue(first.startsWith("gatun "), first);
        assertTrue(Files.readString(err).contains("building Gatun once..."), Files.readString(err));
        String second = launch(link, "tokenize", "--help");
        assertTrue(second.startsWith("Usage: gatun tokenize"), second);
        assertFalse(Files.readString(err).contains("building"), Files.readString(err));
    }

    private String launch(Path launcher, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
        builder.environment().remove("JAVA_HOME");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(300, TimeUnit.SECONDS));
        assertEquals(ExitCode.OK, process.exitValue(), Files.readString(err));
        return out;
    }

    private Process gatun(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(heedsInterrupts());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(err.toFile()).start();
    }

    /**
     * A prefix that lets a process hear SIGINT though these tests run where it is ignored, as in a shell's background job;
     * none where the system has no such command.
     */
    private static List<String> heedsInterrupts() throws IOException {
        List<String> prefix = List.of("env", "--default-signal=INT");
        List<String> trial = new ArrayList<>(prefix);
        trial.add("true");
        try {
            return new ProcessBuilder(trial).start().waitFor() == 0 ? prefix : List.of();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void interrupt(Process process) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor());
    }

    private void assertNoTrace() throws IOException {
        assertFalse(Files.readString(err).contains("\tat "), Files.readString(err));
        assertFalse(Files.readString(err).contains("Exception"), Files.readString(err));
    }

    private static void requireModel() {
        ModelStore store = ModelStore.ofUser(System.getenv());
        assumeTrue(
                store.find(Catalogue.entries().getFirst()).isPresent(),
                () -> "model not found in " + store.folder() + "; fetch it with: ./gatun pull smollm2");
    }

    private static void copySources(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                String relative = from.relativize(path).toString();
                if (relative.matches("(.*/)?(target|\\.git)(/.*)?")) {
                    continue;
                }
                Path copy = to.resolve(relative);
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
