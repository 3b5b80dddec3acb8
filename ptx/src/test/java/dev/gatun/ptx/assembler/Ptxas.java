package dev.gatun.ptx.assembler;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** NVIDIA's assembler where it is installed; the figures and verdicts recorded here are of release 13.0. */
public final class Ptxas {
    private static final Pattern ERROR = Pattern.compile("line (\\d+); (?:error|fatal) *: (.*)");

    private static final Pattern GENERAL = Pattern.compile("ptxas (?:error|fatal) *: (.*)");

    private final Path program;

    private Ptxas(Path program) {
        this.program = program;
    }

    /** The assembler named by the property {@code gatun.ptxas}, or of CUDA_HOME, or on the PATH; skips the test without. */
    public static Ptxas orSkip() {
        List<String> places = new ArrayList<>();
        String named = System.getProperty("gatun.ptxas");
        if (named != null) {
            places.add(named);
        }
        String home = System.getenv("CUDA_HOME");
        if (home != null) {
            places.add(home + "/bin/ptxas");
        }
        for (String directory :
                Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1)) {
            places.add(directory + "/ptxas");
        }
        Path found = places.stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
        assumeTrue(found != null, "no ptxas: none named by the property gatun.ptxas, in CUDA_HOME or on PATH");
        Ptxas ptxas = new Ptxas(Objects.requireNonNull(found));
        String version = ptxas.run(List.of("--version"));
        assumeTrue(version.contains("release 13.0"), () -> found + " is not of release 13.0: " + version);
        return ptxas;
    }

    /** What {@code ptxas -v} says of a text. */
    public Figures figures(Path source, String target) {
        return Figures.parse(withOutput(
                binary -> run(List.of("-v", "-arch=" + target, "-o", binary.toString(), source.toString()))));
    }

    /** The complaints about {@code text} by line, in order; empty if it is accepted. */
    public SortedMap<Integer, String> complaints(String text, String target) {
        String report = withOutput(binary -> {
            Path source = binary.resolveSibling("text.ptx");
            Files.writeString(source, text);
            return run(List.of("-O0", "-arch=" + target, "-o", binary.toString(), source.toString()));
        });
        SortedMap<Integer, String> complaints = new TreeMap<>();
        Matcher errors = ERROR.matcher(report);
        while (errors.find()) {
            complaints.putIfAbsent(
                    Integer.parseInt(errors.group(1)),
                    errors.group(2).replaceAll("'/.*/", "'").strip());
        }
        Matcher general = GENERAL.matcher(report);
        if (complaints.isEmpty() && general.find()) {
            complaints.put(0, general.group(1).strip());
        }
        return complaints;
    }

    /** Something that needs a place for the binary. */
    private interface Assembly {
        String report(Path binary) throws IOException;
    }

    private static String withOutput(Assembly assembly) {
        try {
            Path folder = Files.createTempDirectory("gatun-ptxas");
            try {
                return assembly.report(folder.resolve("binary"));
            } finally {
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private String run(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
