package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script, in a project of its own with JDKs and a Maven that are shell scripts: the JDKs print their
 * arguments, Maven leaves a jar behind. It sees no tool but those it is given.
 */
class LauncherTest {
    private static final List<String> TOOLS =
            List.of("find", "head", "cat", "mkdir", "rm", "mv", "touch", "readlink", "sleep", "sed");

    @TempDir
    private Path temporary;

    private Path project;
    private Path tools;
    private Path jdks;

    private record Result(int exitCode, String out, String err) {}

    @BeforeEach
    void makeProject() throws IOException {
        Path launcher = Path.of(System.getProperty("gatun.root", "."), "gatun");
        assumeTrue(Files.exists(launcher), () -> "no launcher at " + launcher.toAbsolutePath());
        project = Files.createDirectories(temporary.resolve("a project"));
        tools = Files.createDirectories(temporary.resolve("tools"));
        jdks = Files.createDirectories(temporary.resolve("jdks"));
        Files.copy(launcher, project.resolve("gatun"), StandardCopyOption.COPY_ATTRIBUTES);
        Path sources = Files.createDirectories(project.resolve("runtime/cli/src/main/java"));
        Files.writeString(project.resolve("pom.xml"), "");
        Files.writeString(sources.resolve("Main.java"), "");
        try (Stream<Path> all = Files.walk(project)) {
            for (Path path : all.toList()) {
                old(path);
            }
        }
        for (String tool : TOOLS) {
            script(tools.resolve(tool), "exec '" + find(tool) + "' \"$@\"");
        }
        script(tools.resolve("mvn"), """
                echo "$JAVA_HOME" >> builds
                sleep "${MAVEN_SECONDS:-0}"
                if [ -n "${MAVEN_FAILS:-}" ]; then exit 1; fi
                mkdir -p runtime/cli/target/lib
                : > runtime/cli/target/gatun-cli.jar
                mkdir -p bench/target/lib
                : > bench/target/gatun-bench.jar
                touch runtime/cli/target/gatun.stamp""");
    }

    @Test
    void choosesTheNewestJdk() throws Exception {
        jdk("a-23", "23.0.2");
        jdk("b-25", "25.0.1");
        jdk("c-24", "24");
        jdk("d-17", "17.0.9");
        assertTrue(run(Map.of()).out().startsWith("JDK 25.0.1\n"));
    }

    @Test
    void comparesVersionsAsNumbers() throws Exception {
        jdk("a", "25.0.9");
        jdk("b", "25.0.10");
        assertTrue(run(Map.of()).out().startsWith("JDK 25.0.10\n"));
    }

    @Test
    void findsAJdkBesideTheOldJavaOnThePath() throws Exception {
        Path old = jdk("old", "17.0.9");
        jdk("new", "25.0.1");
        Files.createSymbolicLink(tools.resolve("java"), old.resolve("bin/java"));
        Result result = run(Map.of());
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().startsWith("JDK 25.0.1\n"));
    }

    @Test
    void usesJavaHomeAndThePathWhenNothingElseIsThere() throws Exception {
        Path home = jdk("../elsewhere/jdk 22", "22.0.1");
        assertTrue(run(Map.of("JAVA_HOME", home.toString())).out().startsWith("JDK 22.0.1\n"));
        Files.createSymbolicLink(tools.resolve("java"), home.resolve("bin/java"));
        assertTrue(run(Map.of()).out().startsWith("JDK 22.0.1\n"));
    }

    @Test
    void takesGatunJavaAsGiven() throws Exception {
        Path given = jdk("given-22", "22.0.1");
        jdk("newer", "25.0.1");
        assertTrue(run(Map.of("GATUN_JAVA", given.toString())).out().startsWith("JDK 22.0.1\n"));
        assertTrue(run(Map.of("GATUN_JAVA", given + "/bin/java")).out().startsWith("JDK 22.0.1\n"));
    }

    @Test
    void refusesAGatunJavaThatIsTooOld() throws Exception {
        Path given = jdk("given-17", "17.0.9");
        jdk("newer", "25.0.1");
        Result result = run(Map.of("GATUN_JAVA", given.toString()));
        assertEquals(3, result.exitCode());
        assertTrue(result.err().contains("version 17.0.9"), result.err());
    }

    @Test
    void saysWhatWasFoundWhenNoJdkFits() throws Exception {
        Path old = jdk("old", "17.0.9");
        Files.createSymbolicLink(tools.resolve("java"), old.resolve("bin/java"));
        Result result = run(Map.of());
        assertEquals(3, result.exitCode());
        assertTrue(result.err().contains("needs a JDK >= 22"), result.err());
        assertTrue(result.err().contains("(version 17.0.9)"), result.err());
        assertTrue(result.err().contains("GATUN_JAVA="), result.err());
    }

    @Test
    void saysWhatIsMissingWithoutAnyJdk() throws Exception {
        Result result = run(Map.of());
        assertEquals(3, result.exitCode());
        assertTrue(result.err().contains("needs a JDK >= 22"), result.err());
        assertEquals("", result.out());
    }

    @Test
    void worksFromAnotherFolderAndThroughLinks() throws Exception {
        jdk("jdk", "25");
        Path links = Files.createDirectories(temporary.resolve("some links"));
        Files.createSymbolicLink(links.resolve("first"), Path.of("../a project/gatun"));
        Files.createSymbolicLink(links.resolve("second"), links.resolve("first"));
        Result result = run(links.resolve("second"), temporary, Map.of());
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains(project.toRealPath() + "/runtime/cli/target/gatun-cli.jar:"), result.out());
    }

    @Test
    void passesArgumentsAndExitCodeOn() throws Exception {
        jdk("jdk", "25");
        List<String> arguments = List.of("run", "two words", "*", "", "$HOME \"quoted\" \\n", "Größe");
        Result result = run(project.resolve("gatun"), project, Map.of("EXIT", "7"), arguments.toArray(String[]::new));
        assertEquals(7, result.exitCode());
        assertTrue(result.out().endsWith("\n" + String.join("\n", arguments) + "\n"), result.out());
    }

    @Test
    void leavesTheVectorModuleOutWhereTheJdkLacksIt() throws Exception {
        Path whole = jdk("whole", "25");
        assertTrue(run(Map.of("GATUN_JAVA", whole.toString())).out().contains("--add-modules=jdk.incubator.vector"));
        Path small = jdk("small", "25");
        Files.writeString(small.resolve("release"), "JAVA_VERSION=\"25\"\nMODULES=\"java.base java.logging\"\n");
        assertFalse(run(Map.of("GATUN_JAVA", small.toString())).out().contains("jdk.incubator.vector"));
    }

    @Test
    void buildsOnceAndAgainWhenASourceIsNewer() throws Exception {
        Path jdk = jdk("jdk", "25");
        Result first = run(Map.of());
        assertTrue(first.err().contains("building Gatun once..."), first.err());
        assertEquals(List.of(jdk.toString()), builds());
        Result second = run(Map.of());
        assertEquals("", second.err());
        assertEquals(1, builds().size());
        Files.writeString(project.resolve("runtime/cli/src/main/java/Main.java"), "changed");
        Files.setLastModifiedTime(
                project.resolve("runtime/cli/src/main/java/Main.java"),
                FileTime.from(Instant.now().plusSeconds(2)));
        run(Map.of());
        assertEquals(2, builds().size());
    }

    @Test
    void concurrentFirstStartsBuildOnce() throws Exception {
        jdk("jdk", "25");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(start(project.resolve("gatun"), project, Map.of("MAVEN_SECONDS", "1")));
        }
        for (Process process : processes) {
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        }
        assertEquals(1, builds().size());
        assertFalse(Files.exists(project.resolve("target/gatun.lock")));
    }

    @Test
    void breaksALockWhoseOwnerIsGone() throws Exception {
        jdk("jdk", "25");
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path lock = Files.createDirectories(project.resolve("target/gatun.lock"));
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");
        assertEquals(0, run(Map.of()).exitCode());
        assertEquals(1, builds().size());
    }

    @Test
    void saysThatMavenIsMissing() throws Exception {
        jdk("jdk", "25");
        Files.delete(tools.resolve("mvn"));
        Result result = run(Map.of());
        assertEquals(3, result.exitCode());
        assertTrue(result.err().contains("Maven (mvn) is not on the PATH"), result.err());
        assertFalse(Files.exists(project.resolve("target/gatun.lock")));
    }

    @Test
    void saysThatTheBuildFailedAndTriesAgain() throws Exception {
        jdk("jdk", "25");
        Result result = run(Map.of("MAVEN_FAILS", "yes"));
        assertEquals(1, result.exitCode());
        assertTrue(result.err().contains("The build failed"), result.err());
        assertEquals(0, run(Map.of()).exitCode());
    }

    @Test
    void buildsWithAWholeJdkEvenIfANewerRuntimeIsThere() throws Exception {
        Path runtime = jdk("runtime", "26");
        Files.delete(runtime.resolve("bin/javac"));
        jdk("jdk", "25");
        assertTrue(run(Map.of()).out().startsWith("JDK 25\n"));
        assertTrue(run(Map.of()).out().startsWith("JDK 26\n"), "once built, a runtime is enough");
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = jdks.resolve(name).normalize();
        Files.createDirectories(home.resolve("bin"));
        script(home.resolve("bin/java"), """
                echo "JDK %s"
                for argument; do printf '%%s\\n' "$argument"; done
                exit "${EXIT:-0}\"""".formatted(version));
        script(home.resolve("bin/javac"), "");
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\nMODULES=\"java.base jdk.incubator.vector\"\n");
        return home;
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(project.resolve("builds"));
    }

    private Result run(Map<String, String> environment) throws Exception {
        return run(project.resolve("gatun"), project, environment);
    }

    private Result run(Path launcher, Path folder, Map<String, String> environment, String... arguments)
            throws Exception {
        Process process = start(launcher, folder, environment, arguments);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return new Result(process.exitValue(), out, err);
    }

    private Process start(Path launcher, Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("HOME", temporary.toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("GATUN_JDKS", jdks.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    private static void old(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
    }

    private static Path find(String tool) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            Path candidate = Path.of(folder, tool);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return assumeMissing(tool);
    }

    private static Path assumeMissing(String tool) {
        assumeTrue(false, () -> "no " + tool + " on the PATH");
        throw new AssertionError();
    }
}
