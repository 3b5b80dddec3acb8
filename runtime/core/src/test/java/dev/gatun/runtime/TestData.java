package dev.gatun.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where tests find real data; a test whose data is absent is skipped and says what it looked for. */
public final class TestData {

    private TestData() {}

    /** A file of the shared test data, which lies beside the checkout. */
    public static Path shared(String name) {
        Path path = Path.of(System.getProperty("gatun.root", "."), "..", "shared", "data", name)
                .normalize();
        assumeTrue(Files.exists(path), () -> "shared test data not found: " + path.toAbsolutePath());
        return path;
    }

    /** The default model, SmolLM2-135M-Instruct Q4_1, in the user's model cache. */
    public static Path smollm2() {
        String folder = System.getenv("GATUN_MODELS");
        Path cache = folder != null ? Path.of(folder) : Path.of(System.getProperty("user.home"), ".cache", "gatun");
        Path path = cache.resolve("SmolLM2-135M-Instruct.Q4_1.gguf");
        assumeTrue(Files.exists(path), () -> "model not found: " + path + "; fetch it with: ./gatun pull smollm2");
        return path;
    }
}
