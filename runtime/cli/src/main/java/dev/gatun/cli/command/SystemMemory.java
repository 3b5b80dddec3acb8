package dev.gatun.cli.command;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine's memory. */
final class SystemMemory {
    private static final Path MEMORY_INFO = Path.of("/proc/meminfo");

    private SystemMemory() {}

    /** Bytes of memory, within the limits of a container; -1 if the system does not tell. */
    static long totalBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getTotalMemorySize()
                : -1;
    }

    /** Bytes that could be taken now without swapping; all memory where the system does not tell. */
    static long availableBytes() {
        try {
            return Files.readAllLines(MEMORY_INFO).stream()
                    .filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .map(bytes -> Math.min(bytes, totalBytes()))
                    .findFirst()
                    .orElseGet(SystemMemory::totalBytes);
        } catch (IOException e) {
            return totalBytes();
        }
    }
}
