package dev.gatun.cli.command;

import dev.gatun.cli.Units;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the CUDA driver keeps what it compiled from PTX, by text, GPU and driver version: the second start of a model
 * compiles nothing. Variables of the environment steer it (CUDA C++ Programming Guide, environment variables).
 *
 * @param folder of the cache; {@code null} if the driver is told to keep nothing
 */
record JitCache(@Nullable Path folder) {

    /** The cache that the driver uses in {@code environment}. */
    static JitCache ofUser(Map<String, String> environment) {
        if (environment.getOrDefault("CUDA_CACHE_DISABLE", "0").equals("1")) {
            return new JitCache(null);
        }
        String elsewhere = environment.get("CUDA_CACHE_PATH");
        if (elsewhere != null && !elsewhere.isEmpty()) {
            return new JitCache(Path.of(elsewhere));
        }
        String roaming = environment.get("APPDATA"); // Windows
        return new JitCache(
                roaming == null
                        ? Path.of(System.getProperty("user.home"), ".nv", "ComputeCache")
                        : Path.of(roaming, "NVIDIA", "ComputeCache"));
    }

    /** One phrase for the doctor; if there is no cache, {@code advice} gets what that costs. */
    String describe(List<String> advice) {
        Path place = folder;
        if (place == null) {
            advice.add("CUDA_CACHE_DISABLE is 1: the driver compiles every kernel anew at each start; unset it.");
            return "off";
        }
        return Files.isDirectory(place) ? place + ", " + Units.bytes(byteSize(place)) : place + ", not there yet";
    }

    private static long byteSize(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // another process is at it
        }
    }
}
