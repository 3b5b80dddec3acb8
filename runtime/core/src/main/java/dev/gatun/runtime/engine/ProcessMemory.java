package dev.gatun.runtime.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What the operating system says of memory; the Java virtual machine's own view where it says nothing. */
final class ProcessMemory {

    private ProcessMemory() {}

    /** Largest resident set of this process so far, in bytes. */
    static long peakBytes() {
        return kibibytes(Path.of("/proc/self/status"), "VmHWM:")
                .orElseGet(() -> Runtime.getRuntime().totalMemory());
    }

    /** Bytes that could be allocated now without swapping. */
    static long availableBytes() {
        long physical = ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getTotalMemorySize()
                : Long.MAX_VALUE;
        return Math.min(
                physical, kibibytes(Path.of("/proc/meminfo"), "MemAvailable:").orElse(physical));
    }

    private static OptionalLong kibibytes(Path file, String key) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst();
        } catch (IOException | RuntimeException e) {
            return OptionalLong.empty();
        }
    }
}
