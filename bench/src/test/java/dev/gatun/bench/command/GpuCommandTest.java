package dev.gatun.bench.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Main;
import dev.gatun.cuda.StubLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gatun bench gpu} as it is typed: in processes of its own, as whether there is a driver is asked once in a JVM. */
@Tag("slow")
class GpuCommandTest {
    private static final String NONE = "/nonexistent/libcuda.so.1";

    @TempDir
    private Path folder;

    private record Ended(int exitCode, String out, String err) {}

    private Ended gatun(String driver, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dgatun.library.cuda=" + driver,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "bench",
                "gpu"));
        command.addAll(List.of(arguments));
        File err = folder.resolve("err").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err);
        builder.environment().put("GATUN_MODELS", folder.resolve("no-models").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out, Files.readString(err.toPath()));
    }

    private String table() throws IOException {
        return Files.readString(folder.resolve("results").resolve("gpu.md"));
    }

    private String results() {
        return folder.resolve("results").toString();
    }

    /** The whole suite on the PTX machine, every part, a few cases of the long ones; then again, when nothing is left to do. */
    @Test
    void runsEndToEndOnThePtxMachineAndClaimsNoTime() throws Exception {
        String[] line = {
            "--out",
            results(),
            "--device",
            "ptxvm",
            "--kernels",
            "add|rms_norm|matmul_row_q8_0|attention_decode_q8_0",
            "--operations",
            "256 BF16|layer.*Q4_0|append.*F16|argmax",
            "--layers",
            "1"
        };
        Ended first = gatun(NONE, line);
        assertEquals(ExitCode.OK, first.exitCode(), first.err() + first.out());
        for (String part : List.of("ceilings", "contract", "golden", "kernels", "model", "predictions")) {
            assertTrue(first.out().contains(part + ": complete"), first.out());
            assertTrue(Files.exists(folder.resolve("results").resolve(part + ".json")), part);
        }
        String table = table();
        assertFalse(table.contains("| measured |"), table);
        assertFalse(table.contains("failed"), table);
        assertFalse(table.contains("GB/s") || table.contains("TFLOP/s"), table);
        assertTrue(table.contains("| E2: tiny-1layers Q4_0, decode at 32 | PTX machine |"), table);
        try (Stream<Path> tiles = Files.list(folder.resolve("results").resolve("golden"))) {
            for (Path tile : tiles.toList()) {
                assertTrue(Files.readString(tile).contains("\"golden\":false"), tile.toString());
            }
        }
        Ended again = gatun(NONE, line);
        assertEquals(ExitCode.OK, again.exitCode(), again.err());
        assertTrue(
                again.err().lines().filter(text -> text.startsWith("  [")).allMatch(text -> text.endsWith("is there")));
        assertEquals(table, table());
    }

    @Test
    void withoutADriverSaysWhatWasLookedForAndWhatRunsWithoutOne() throws Exception {
        Ended ended = gatun(NONE, "--out", results());
        assertEquals(ExitCode.LACKING, ended.exitCode(), ended.err());
        assertTrue(ended.err().contains("gatun: no CUDA driver: install NVIDIA's; "), ended.err());
        assertTrue(ended.err().contains(NONE), ended.err());
        assertTrue(ended.err().contains("--device ptxvm runs the suite without a GPU"), ended.err());
        assertFalse(Files.exists(folder.resolve("results")));
    }

    @Test
    void onADriverThatComputesNothingNamesItAndFails() throws Exception {
        String driver = StubLibrary.build("libcuda").toString();
        Ended ended = gatun(
                driver,
                "--out",
                results(),
                "--size",
                "small",
                "--parts",
                "a,contract",
                "--kernels",
                "add",
                "--json",
                "--minutes",
                "0.05");
        assertEquals(ExitCode.FAILED, ended.exitCode(), ended.err());
        assertTrue(ended.out().startsWith("{\"out\":"), ended.out());
        assertTrue(ended.out().contains("\"contract\":\"failed\""), ended.out());
        assertTrue(table().contains("| Stub GPU 0 |"), table());
        assertTrue(table().contains("CUDA 13.0"), table());
    }
}
