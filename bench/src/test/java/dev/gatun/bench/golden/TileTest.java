package dev.gatun.bench.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cli.ptx.Assembler;
import dev.gatun.kernels.device.VmDevice;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The PTX machine against what GPUs made of single instructions; and how tiles are kept. */
class TileTest {
    private static final Path RESULTS = Path.of(System.getProperty("gatun.root", "."), "bench", "results");

    @TempDir
    private Path folder;

    /** Every golden tile there is; a tile that the machine recorded itself would prove nothing and is no golden one. */
    @TestFactory
    Stream<DynamicTest> theMachineGivesWhatAGpuGave() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(RESULTS)) {
            files = all.filter(file -> file.toString().matches(".*[/\\\\]golden[/\\\\][^/]*[.]json"))
                    .sorted()
                    .toList();
        }
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(RESULTS.relativize(file).toString(), () -> {
                    Tile tile = Tile.read(file);
                    assertTrue(
                            tile.golden(),
                            "recorded on " + tile.from() + ", which is no GPU: it belongs not among results");
                    assertEquals(0, tile.replay(), "words differ from those of " + tile.from());
                }));
    }

    @Test
    void everyProgramRunsAndAgreesWithItself() {
        try (VmDevice machine = VmDevice.open(1)) {
            for (TileProgram program : TilePrograms.all()) {
                Tile tile = Tile.record(program, machine, false, Map.of());
                assertEquals(0, tile.replay(), program.name());
                long kinds = Arrays.stream(tile.outputs()).distinct().count();
                assertTrue(kinds > 8, program.name() + " gives only " + kinds + " different words");
            }
        }
    }

    @Test
    @Tag("slow")
    void everyProgramAndEveryKernelOfTheSuiteIsTakenByTheAssembler() throws IOException {
        Optional<Assembler> assembler = Assembler.find(System.getenv());
        assumeTrue(assembler.isPresent(), "ptxas is not on PATH, nor named by GATUN_PTXAS");
        Map<String, String> texts = new TreeMap<>();
        TilePrograms.all().forEach(program -> texts.put(program.name(), program.text()));
        for (String kernel : List.of("read_stream", "nothing", "nothing_dependent")) {
            try (InputStream text = TileTest.class.getResourceAsStream("/dev/gatun/bench/gpu/" + kernel + ".ptx")) {
                texts.put(kernel, new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Path file = Files.writeString(folder.resolve("text.ptx"), text.getValue());
            String target = text.getValue().replaceAll("(?s).*\\.target (sm_\\d+).*", "$1");
            assertEquals("", assembler.get().assemble(file, target).complaint(), text.getKey());
        }
    }

    @Test
    void everyWordThatDiffersIsSeenWhateverTheAgreement() {
        try (VmDevice machine = VmDevice.open(1)) {
            for (TileProgram program : TilePrograms.all()) {
                Tile tile = Tile.record(program, machine, true, Map.of("device", "a test"));
                int[] other = tile.outputs().clone();
                for (int i = 0; i < 3; i++) {
                    other[40 + i] ^= 0x4000_0000 | 0x4000;
                }
                Tile forged =
                        new Tile(tile.name(), true, tile.from(), tile.text(), tile.agreement(), tile.inputs(), other);
                assertEquals(3, forged.replay(), program.name());
            }
        }
    }

    @Test
    void comesBackFromItsFileAsItWas() {
        try (VmDevice machine = VmDevice.open(1)) {
            for (TileProgram program : TilePrograms.all().subList(0, 3)) {
                Tile tile = Tile.record(program, machine, false, Map.of("device", "ptxvm"));
                tile.write(folder);
                Tile read = Tile.read(folder.resolve(program.name() + ".json"));
                assertFalse(read.golden());
                assertEquals(tile.text(), read.text());
                assertEquals(tile.agreement(), read.agreement());
                assertEquals(tile.from(), read.from());
                assertArrayEquals(tile.inputs(), read.inputs());
                assertArrayEquals(tile.outputs(), read.outputs());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void approximateResultsAgreeWithinTheirBoundsAndNoFurther() {
        Agreement half = Agreement.within(0x1p-11, 0);
        int one = Float.floatToRawIntBits(1);
        int[] expected = {one, one, Float.floatToRawIntBits(Float.NaN), Float.floatToRawIntBits(0f)};
        int[] near = {Float.floatToRawIntBits(1 + 0x1p-12f), one, 0x7FFF_FFFF, 0};
        int[] far = {Float.floatToRawIntBits(1 + 0x1p-10f), Float.floatToRawIntBits(Float.NaN), one, 0x8000_0000};
        assertEquals(0, half.differences(expected, near));
        assertEquals(4, half.differences(expected, far));
        Agreement sums = Agreement.sums(Agreement.Kind.SUM, 1e-5);
        int[] tile = {Float.floatToRawIntBits(1000), Float.floatToRawIntBits(0.001f)};
        assertEquals(0, sums.differences(tile, new int[] {tile[0], Float.floatToRawIntBits(0.009f)}));
        assertEquals(1, sums.differences(tile, new int[] {tile[0], Float.floatToRawIntBits(0.02f)}));
    }
}
