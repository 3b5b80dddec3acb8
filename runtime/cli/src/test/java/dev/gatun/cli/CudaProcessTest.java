package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.cuda.StubLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The command on a machine whose driver has a GPU that computes nothing: logits are zeroes, all else is as with a real one. */
@Tag("slow")
class CudaProcessTest {
    private static Path driver;
    private static Path monitor;

    @BeforeAll
    static void buildDriver() {
        driver = StubLibrary.build("libcuda");
        monitor = StubLibrary.build("libnvml");
    }

    private record Ended(int exitCode, String out, String err) {}

    private static Ended gatun(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dgatun.library.cuda=" + driver,
                "-Dgatun.library.nvml=" + monitor,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out, err);
    }

    private static void requireModel() {
        assumeTrue(
                ModelStore.ofUser(System.getenv())
                        .find(Catalogue.find(Catalogue.DEFAULT).orElseThrow())
                        .isPresent(),
                "the default model is not there; fetch it with: ./gatun pull " + Catalogue.DEFAULT);
    }

    @Test
    void doctorShowsDriverAndGpus() throws Exception {
        JsonObject cuda =
                JsonObject.parse(gatun(Map.of(), "doctor", "--json").out()).object("cuda");
        assertEquals(true, cuda.get("driver"));
        assertEquals(driver.toString(), cuda.get("library"));
        assertEquals("13.0", cuda.get("cuda_version"));
        JsonObject gpu = cuda.objects("gpus").getFirst();
        assertEquals("Stub GPU 0", gpu.get("name"));
        assertEquals("9.0", gpu.get("compute_capability"));
        assertEquals(132, gpu.get("multiprocessors"));
        String text = gatun(Map.of("STUB_CAPABILITY", "75"), "doctor").out();
        assertTrue(text.contains("- gpu 0, name Stub GPU 0, compute_capability 7.5, multiprocessors 132"), text);
        assertTrue(text.contains("compute capability 7.5; Gatun's kernels need 8.0 or newer"), text);
    }

    /** The library that watches knows the first of the two. */
    @Test
    void doctorListsEachGpuWithWhatItDoes() throws Exception {
        JsonObject cuda = JsonObject.parse(
                        gatun(Map.of("STUB_DEVICES", "2", "CUDA_CACHE_PATH", "/nowhere"), "doctor", "--json")
                                .out())
                .object("cuda");
        JsonObject first = cuda.objects("gpus").getFirst();
        assertEquals(2, cuda.objects("gpus").size());
        assertEquals(0, first.get("gpu"));
        assertEquals("580.82.07", first.get("driver_version"));
        assertEquals(1000, first.get("used_bytes"));
        assertEquals(1980, first.get("multiprocessor_mhz"));
        assertEquals(2619, first.get("memory_mhz"));
        assertEquals(41, first.get("celsius"));
        assertEquals(List.of("power cap"), first.get("slowed_by"));
        assertEquals("Stub GPU 1", cuda.objects("gpus").get(1).get("name"));
        assertEquals("/nowhere, not there yet", cuda.get("jit_cache"));
        String off = gatun(Map.of("STUB_DEVICES", "2", "CUDA_CACHE_DISABLE", "1"), "doctor")
                .out();
        assertTrue(off.contains("GPU 1, Stub GPU 1 is not watched: nvmlDeviceGetHandleByPciBusId"), off);
        assertTrue(off.contains("compiles every kernel anew at each start; unset it."), off);
    }

    @Test
    void theGpuOfTheNumberRunsAndNoOtherTakesItsPlace() throws Exception {
        requireModel();
        Map<String, String> two = Map.of("STUB_DEVICES", "2");
        Ended run = gatun(two, "run", "--json", "--gpu", "1", "--max-tokens", "2", "--ignore-eos", "Hi");
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertTrue(run.err().contains("| cuda (Stub GPU 1, compute capability 9.0"), run.err());
        assertTrue(JsonObject.parse(run.out()).object("metrics").number("vram_bytes") > 80e6, run.out());
        Ended none = gatun(two, "run", "--gpu", "2", "Hi");
        assertEquals(ExitCode.LACKING, none.exitCode(), none.err());
        assertTrue(
                none.err().contains("There is no GPU 2: the driver shows GPU 0, Stub GPU 0; GPU 1, Stub GPU 1."),
                none.err());
        Ended contrary = gatun(two, "run", "--backend", "cpu", "--gpu", "1", "Hi");
        assertEquals(ExitCode.USAGE, contrary.exitCode(), contrary.err());
        Ended plan = gatun(two, "plan", "--gpu", "1");
        assertTrue(plan.out().contains("of GPU 1, Stub GPU 1"), plan.out());
    }

    @Test
    void autoTakesTheGpuAndAnswers() throws Exception {
        requireModel();
        Ended run = gatun(Map.of(), "run", "--max-tokens", "5", "--ignore-eos", "Hi");
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertTrue(run.err().contains("| cuda (Stub GPU 0, compute capability 9.0"), run.err());
        assertTrue(run.err().contains("TTFT "), run.err());
    }

    @Test
    void aModelThatDoesNotFitIsRefusedWithTheNumbersOrRunsOnTheProcessor() throws Exception {
        requireModel();
        Map<String, String> small = Map.of("STUB_MEMORY", "160000000");
        Ended refused = gatun(small, "run", "--backend", "cuda", "--max-tokens", "2", "Hi");
        assertEquals(ExitCode.LACKING, refused.exitCode(), refused.err());
        assertTrue(
                refused.err()
                        .matches(
                                "(?s).*The model needs about \\d+ MB \\(weights \\d+, key-value cache \\d+, activations"
                                        + " \\d+\\) and \\d+ MB are free of 160 on Stub GPU 0; a context of \\d+ tokens fits"
                                        + " \\(--context \\d+\\).*"),
                refused.err());
        Ended auto = gatun(small, "run", "--max-tokens", "2", "Hi");
        assertEquals(ExitCode.OK, auto.exitCode(), auto.err());
        assertTrue(auto.err().contains("not on the GPU: The model needs about"), auto.err());
        Ended none = gatun(Map.of("STUB_MEMORY", "50000000"), "run", "--backend", "cuda", "Hi");
        assertEquals(ExitCode.LACKING, none.exitCode(), none.err());
        assertTrue(none.err().contains("use a smaller model, or one with fewer bits a weight."), none.err());
    }

    @Test
    void plansForTheGpu() throws Exception {
        requireModel();
        Ended plan = gatun(Map.of("STUB_MEMORY", "150000000"), "plan");
        assertEquals(ExitCode.OK, plan.exitCode(), plan.err());
        assertTrue(plan.out().contains("memory         150.0 MB of GPU 0, Stub GPU 0"), plan.out());
        Ended none = gatun(Map.of("STUB_MEMORY", "50000000"), "plan");
        assertEquals(ExitCode.LACKING, none.exitCode());
        assertTrue(none.out().contains("; use a smaller model, or one with fewer bits a weight."), none.out());
        Ended old = gatun(Map.of("STUB_CAPABILITY", "75"), "plan");
        assertTrue(old.out().contains(" available"), "a GPU of no use is not planned for: " + old.out());
    }

    @Test
    void aGpuThatIsTooOldIsNamed() throws Exception {
        requireModel();
        Ended run = gatun(Map.of("STUB_CAPABILITY", "75"), "run", "--backend", "cuda", "Hi");
        assertEquals(ExitCode.LACKING, run.exitCode(), run.err());
        assertTrue(
                run.err().contains("has compute capability 7.5; the kernels need 8.0 or newer; --backend cpu"),
                run.err());
    }

    /** A launch of the stub writes nothing: buffers come back as they went in. */
    @Test
    void ptxRunLaunchesOnTheGpuAndBringsBuffersBack() throws Exception {
        String[] line = {
            "ptx",
            "run",
            "../../ptx/src/main/ptx/add.ptx",
            "--device",
            "cuda",
            "--grid",
            "3,1,1",
            "--block",
            "256",
            "--json"
        };
        List<String> words = new ArrayList<>(List.of(line));
        words.addAll(List.of("--arg", "buf:f32:7:iota", "--arg", "buf:f32:7:iota", "--arg", "u32:7"));
        Ended run = gatun(Map.of(), words.toArray(String[]::new));
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        JsonObject report = JsonObject.parse(run.out());
        assertEquals("Stub GPU 0", report.get("device"));
        assertEquals("13.0", report.get("driver"));
        assertEquals(
                List.of("0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0"),
                report.objects("buffers").get(1).get("first"));
        assertTrue(report.names().contains("microseconds"), run.out());
        words.remove("--json");
        String text = gatun(Map.of(), words.toArray(String[]::new)).out();
        assertTrue(text.startsWith("device: Stub GPU 0, compute capability 9.0, CUDA driver 13.0"), text);
    }
}
