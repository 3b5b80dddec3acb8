package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.device.TextDevice;
import dev.gatun.ptx.verify.PtxModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel text: its header, its grammar, and its launcher. What ptxas makes of it stands in the module ptx. */
class PtxSourceTest {
    private static final Path SOURCES = Path.of(System.getProperty("gatun.root", ".."), "ptx/src/main/ptx");
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
        assertEquals(
                List.of(name.contains("_sm90a_") ? "sm_90a" : "sm_80"),
                module.syntax().targets());
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
        TextDevice hopper = new TextDevice(90);
        try (EveryOperation operations = new EveryOperation(new GpuBackend(hopper, Activations.F32, true))) {
            operations.run();
        }
        TreeSet<String> launched = new TreeSet<>(device.launched());
        launched.addAll(hopper.launched());
        assertEquals(new TreeSet<>(names()), launched);
    }
}
