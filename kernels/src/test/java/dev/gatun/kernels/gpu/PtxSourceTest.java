package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.device.TextDevice;
import dev.gatun.ptx.verify.PtxModule;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kernel text: its header, its grammar, its launcher, and what NVIDIA's assembler makes of it where there is one. */
class PtxSourceTest {
    private static final Path SOURCES = Path.of(System.getProperty("gatun.root", ".."), "ptx/src/main/ptx");
    private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes spill (stores|loads)");
    private static final int LINE_LENGTH = 120;

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".ptx"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void opensWithItsSixParts(String name) throws IOException {
        List<String> lines = Files.readAllLines(SOURCES.resolve(name + ".ptx"));
        assertTrue(lines.getFirst().startsWith("// " + name + ": "), "the first line names the kernel");
        String header = String.join(
                "\n", lines.stream().takeWhile(line -> line.startsWith("//")).toList());
        int previous = header.indexOf(" = ");
        assertTrue(previous > 0, "no formula");
        assertTrue(header.contains(" in ["), "no index ranges");
        for (String part : List.of("Launch:", "Rounding:", "Assumes:", "Traffic:")) {
            int at = header.indexOf("\n// " + part);
            assertTrue(at > previous, part + " is missing or out of order");
            previous = at;
        }
        assertTrue(header.contains("atch-invariant"), "does not say what the order of sums depends on");
        for (String line : lines) {
            assertTrue(line.length() <= LINE_LENGTH, () -> "longer than " + LINE_LENGTH + ": " + line);
            assertFalse(line.contains("\t"), "tabulator");
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void isVerifiedAndHoldsOneEntryOfItsName(String name) {
        PtxModule module = PtxModule.parse(KernelTexts.text(name));
        assertEquals(
                List.of(name),
                module.entries().stream().map(entry -> entry.name()).toList());
        assertEquals(List.of("sm_80"), module.syntax().targets());
    }

    /** ptxas may fuse a product and a sum that say nothing of rounding: then two devices would not agree. */
    @ParameterizedTest
    @MethodSource("names")
    void saysHowEverySumAndProductOfFloatsIsRounded(String name) {
        Pattern bare = Pattern.compile("\\b(add|sub|mul|mad)\\.(ftz\\.)?(f32|f64)\\b");
        for (String line : KernelTexts.text(name).split("\n", -1)) {
            assertFalse(bare.matcher(line).find(), line);
        }
    }

    @Test
    void eachHasALauncher() throws IOException {
        TextDevice device = new TextDevice();
        for (Activations activations : new Activations[] {Activations.F32, Activations.INT8}) {
            for (boolean tensorCores : new boolean[] {false, true}) {
                try (EveryOperation operations = new EveryOperation(new GpuBackend(device, activations, tensorCores))) {
                    operations.run();
                }
            }
        }
        assertEquals(new TreeSet<>(names()), new TreeSet<>(device.launched()));
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"sm_80", "sm_89", "sm_90", "sm_100", "sm_120"})
    void assemblesWithoutSpills(String target) throws Exception {
        String assembler = assembler();
        assumeTrue(!assembler.isEmpty(), "no ptxas on PATH and none named by the property gatun.ptxas");
        Path binary = Files.createTempFile("gatun", ".cubin");
        try {
            for (String name : names()) {
                Process process = new ProcessBuilder(
                                assembler,
                                "-v",
                                "-arch=" + target,
                                "-o",
                                binary.toString(),
                                SOURCES.resolve(name + ".ptx").toString())
                        .redirectErrorStream(true)
                        .start();
                String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertEquals(0, process.waitFor(), () -> name + ": " + report);
                assertNoSpills(name, report);
            }
        } finally {
            Files.delete(binary);
        }
    }

    private static void assertNoSpills(String name, String report) {
        List<String> spills = new ArrayList<>();
        Matcher matcher = SPILLS.matcher(report);
        while (matcher.find()) {
            spills.add(matcher.group(1));
        }
        if (spills.isEmpty() || spills.stream().anyMatch(bytes -> !bytes.equals("0"))) {
            fail(name + ": " + report);
        }
    }

    /** Where ptxas is; empty if it is nowhere. */
    private static String assembler() {
        String named = System.getProperty("gatun.ptxas");
        if (named != null) {
            return named;
        }
        for (String directory : System.getenv("PATH").split(File.pathSeparator, -1)) {
            Path candidate = Path.of(directory, "ptxas");
            if (Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        return "";
    }
}
