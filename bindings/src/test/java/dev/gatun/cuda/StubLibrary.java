package dev.gatun.cuda;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** Builds a library from a C file among the test resources, with the system's compiler. */
public final class StubLibrary {
    private static final String[] COMPILERS = {"cc", "gcc", "clang"};

    private StubLibrary() {}

    /** Builds {@code name.c}; skips the test with a reason where there is no compiler. */
    public static Path build(String name) {
        String compiler = compiler();
        try {
            Path folder = Files.createTempDirectory("gatun-stub");
            folder.toFile().deleteOnExit();
            Path source = folder.resolve(name + ".c");
            source.toFile().deleteOnExit();
            try (InputStream text =
                    Objects.requireNonNull(StubLibrary.class.getResourceAsStream(name + ".c"), name + ".c")) {
                Files.copy(text, source);
            }
            Path library = folder.resolve(name + "-stub.so");
            library.toFile().deleteOnExit();
            Process process = new ProcessBuilder(
                            compiler,
                            "-O1",
                            "-shared",
                            "-fPIC",
                            "-fvisibility=hidden",
                            "-o",
                            library.toString(),
                            source.toString(),
                            "-lpthread")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(compiler + " does not build " + name + ".c: " + output);
            }
            return library;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return abort("interrupted while the stub was built");
        }
    }

    private static String compiler() {
        assumeTrue(
                System.getProperty("os.name").startsWith("Linux"),
                "the stubs of NVIDIA's libraries are built on Linux");
        String[] folders = Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1);
        for (String compiler : COMPILERS) {
            if (Stream.of(folders).anyMatch(folder -> Files.isExecutable(Path.of(folder, compiler)))) {
                return compiler;
            }
        }
        return abort("no C compiler (cc, gcc, clang) on PATH to build a stub of the driver");
    }
}
