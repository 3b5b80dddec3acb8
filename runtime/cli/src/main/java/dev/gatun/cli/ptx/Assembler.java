package dev.gatun.cli.ptx;

import dev.gatun.runtime.InvalidInputException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** NVIDIA's {@code ptxas}, where it is installed. */
public final class Assembler {
    private static final String VARIABLE = "GATUN_PTXAS";
    private static final int PATIENCE_SECONDS = 120;
    private static final Pattern ENTRY = Pattern.compile("Compiling entry function '([^']+)'");
    private static final Pattern PROPERTIES = Pattern.compile("Function properties for (\\S+)");
    private static final Pattern STACK =
            Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
    private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

    /** What an assembled entry takes: registers, stack and spills of a thread, static shared memory of a block. */
    public record Usage(int registers, int sharedBytes, int stackBytes, int spillStoreBytes, int spillLoadBytes) {}

    /** The usage by entry, or the first thing that {@code ptxas} complains of; empty if it accepts the text. */
    public record Verdict(Map<String, Usage> usages, String complaint) {}

    private final Path program;

    private Assembler(Path program) {
        this.program = program;
    }

    /**
     * The assembler that {@code GATUN_PTXAS} names, or the first on {@code PATH}.
     *
     * @throws InvalidInputException if the variable names no program
     */
    public static Optional<Assembler> find(Map<String, String> environment) {
        String named = environment.getOrDefault(VARIABLE, "");
        if (!named.isEmpty()) {
            Path program = Path.of(named);
            if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
                throw new InvalidInputException(VARIABLE + " is " + named + ", which is no program.");
            }
            return Optional.of(new Assembler(program));
        }
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "ptxas"))
                .filter(program -> Files.isRegularFile(program) && Files.isExecutable(program))
                .findFirst()
                .map(Assembler::new);
    }

    public Path program() {
        return program;
    }

    /** Assembles a file for a target such as {@code sm_90}. */
    public Verdict assemble(Path source, String target) throws IOException {
        Path folder = Files.createTempDirectory("gatun-ptxas");
        Path report = folder.resolve("report");
        Path binary = folder.resolve("binary");
        try {
            Process process = new ProcessBuilder(List.of(
                            program.toString(),
                            "-v",
                            "-arch=" + target,
                            "-o",
                            binary.toString(),
                            source.toAbsolutePath().toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(report.toFile())
                    .start();
            process.getOutputStream().close();
            boolean ends = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ends) {
                process.destroyForcibly().waitFor();
                return new Verdict(Map.of(), "no answer within " + PATIENCE_SECONDS + " seconds");
            }
            String text = new String(Files.readAllBytes(report), StandardCharsets.UTF_8);
            return process.exitValue() == 0
                    ? new Verdict(parse(text), "")
                    : new Verdict(Map.of(), complaint(text, process.exitValue()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + program + " ran", e);
        } finally {
            Files.deleteIfExists(report);
            Files.deleteIfExists(binary);
            Files.delete(folder);
        }
    }

    private static String complaint(String text, int exitCode) {
        return text.lines()
                .filter(line -> line.contains("error") || line.contains("fatal"))
                .findFirst()
                .or(() -> text.lines().findFirst())
                .orElse("exit code " + exitCode)
                .strip();
    }

    /** Reads what {@code ptxas -v} prints: functions by name, and totals after the entry they belong to. */
    static Map<String, Usage> parse(String report) {
        Map<String, Usage> usages = new HashMap<>();
        String entry = "";
        String function = "";
        int[] stack = new int[3];
        for (String line : report.lines().toList()) {
            Matcher begins = ENTRY.matcher(line);
            Matcher properties = PROPERTIES.matcher(line);
            Matcher frame = STACK.matcher(line);
            Matcher used = REGISTERS.matcher(line);
            if (begins.find()) {
                entry = begins.group(1);
                stack = new int[3];
            } else if (properties.find()) {
                function = properties.group(1);
            } else if (frame.find() && function.equals(entry)) {
                stack = new int[] {number(frame, 1), number(frame, 2), number(frame, 3)};
            } else if (used.find()) {
                Matcher shared = SHARED.matcher(line);
                usages.put(
                        entry,
                        new Usage(
                                number(used, 1), shared.find() ? number(shared, 1) : 0, stack[0], stack[1], stack[2]));
            }
        }
        return usages;
    }

    private static int number(Matcher match, int group) {
        return Integer.parseInt(match.group(group));
    }
}
