package dev.gatun.kernels.cpu.asm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The oracle: GNU as, where this machine has it. */
final class GnuAs {
    private GnuAs() {}

    /** The bytes of {@code text}; skips the test without binutils for x86-64. */
    static byte[] assemble(Path directory, String text) {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "GNU as here assembles for another processor");
        Path source = directory.resolve("text.s");
        Path object = directory.resolve("text.o");
        Path binary = directory.resolve("text.bin");
        try {
            Files.writeString(source, ".intel_syntax noprefix\n" + text + "\n");
            assumeTrue(
                    run(directory, "as", "--64", "-o", object.toString(), source.toString()) != 127,
                    "binutils are not installed");
            run(directory, "objcopy", "-O", "binary", "-j", ".text", object.toString(), binary.toString());
            return Files.readAllBytes(binary);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int run(Path directory, String... command) throws IOException {
        Path errors = directory.resolve("errors");
        Process process;
        try {
            process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(errors.toFile())
                    .start();
        } catch (IOException e) {
            return 127;
        }
        try {
            int status = process.waitFor();
            if (status != 0) {
                String said = Files.readString(errors, StandardCharsets.UTF_8);
                throw new IllegalStateException(command[0] + ": " + said.substring(0, Math.min(2000, said.length())));
            }
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
