package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.StubDriver;
import dev.gatun.kernels.CpuTier;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.model.TinyModel;
import dev.gatun.sampler.SamplingParams;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine on a GPU whose driver computes nothing: what a step asks of the driver, and what is left when any call fails. */
class StubDriverTest {
    private static final int PROMPT_TOKENS = 150;
    private static final int NEW_TOKENS = 5;
    private static final int INVALID_VALUE = 1;
    private static final int OUT_OF_MEMORY = 2;
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int LAUNCH_FAILED = 719;
    private static final int NAMELESS = 990;
    private static final List<Integer> CODES =
            List.of(INVALID_VALUE, OUT_OF_MEMORY, ILLEGAL_ADDRESS, LAUNCH_FAILED, NAMELESS);

    private final StubDriver driver = StubDriver.open();

    @TempDir
    private Path folder;

    private Path model = Path.of("");

    @BeforeEach
    void writeModel() throws IOException {
        model = TinyModel.speaking(DType.Q8_0).write(folder);
    }

    private Engine open() {
        return Engine.open(
                model,
                EngineOptions.DEFAULTS
                        .withBackend(BackendChoice.CUDA)
                        .withContext(256)
                        .withPrefillChunk(64));
    }

    /** Each request has its own tokens, so that none finds its prompt in the cache. */
    private static Request request(int first) {
        return Request.tokens(IntStream.range(0, PROMPT_TOKENS)
                        .mapToObj(i -> (first + 7 * i) % 250)
                        .toList())
                .with(SamplingParams.GREEDY.toBuilder()
                        .maxTokens(NEW_TOKENS)
                        .ignoreEos(true)
                        .build());
    }

    /** Opens, answers twice, closes; notes how many calls there had been after each. */
    private List<Long> phases() {
        List<Long> phases = new ArrayList<>();
        Engine engine = open();
        phases.add(driver.calls());
        for (int i = 0; i < 2; i++) {
            assertEquals(FinishReason.LENGTH, engine.submit(request(i)).await());
            phases.add(driver.calls());
        }
        engine.close();
        phases.add(driver.calls());
        return phases;
    }

    @Test
    void aDecodeStepIsOneUploadOneGraphOneDownloadAndOneWait() {
        try (Engine engine = open()) {
            engine.submit(request(0)).await();
            driver.clearLog();
            engine.submit(request(1)).await();
            List<String> step =
                    List.of("cuMemcpyHtoDAsync_v2", "cuGraphLaunch", "cuMemcpyDtoHAsync_v2", "cuStreamSynchronize");
            List<String> functions = driver.functions();
            int decode = (NEW_TOKENS - 1) * step.size();
            assertEquals(
                    Collections.nCopies(NEW_TOKENS - 1, step).stream()
                            .flatMap(List::stream)
                            .toList(),
                    functions.subList(functions.size() - decode, functions.size()));
            List<String> prefill = functions.subList(0, functions.size() - decode);
            assertEquals(3, Collections.frequency(prefill, "cuMemcpyHtoDAsync_v2"), "one upload a chunk of the prompt");
            assertEquals(1, Collections.frequency(prefill, "cuStreamSynchronize"), "one wait, for the first logits");
            assertFalse(prefill.contains("cuMemAlloc_v2"), "a shape that was met allocates nothing");
        }
        driver.requireNothingLeft("nothing", 0);
    }

    /** Bytes of all tensors as the kernels read them. */
    private long kernelsBytes() {
        try (Arena arena = Arena.ofConfined()) {
            return GgufFile.open(model, arena).tensors().stream()
                    .mapToLong(tensor -> tensor.rows() > 1
                            ? GpuBackend.weightByteSize(tensor.type(), tensor.rows(), tensor.columns())
                            : DType.F32.byteSize(tensor.columns()))
                    .sum();
        }
    }

    /** Through page-locked memory, each byte of a tensor once. */
    @Test
    void weightsAreUploadedOnceAndToldOf() {
        List<Long> done = new ArrayList<>();
        Set<Long> totals = new HashSet<>();
        EngineOptions options = EngineOptions.DEFAULTS.withBackend(BackendChoice.CUDA);
        try (Engine engine = Engine.open(model, options, (doneBytes, totalBytes) -> {
            done.add(doneBytes);
            totals.add(totalBytes);
        })) {
            assertEquals(done.stream().sorted().distinct().toList(), done);
            assertEquals(Set.of(done.getLast()), totals);
            long uploaded = driver.log().stream()
                    .filter(line -> line.startsWith("cuMemcpyHtoDAsync_v2("))
                    .mapToLong(line -> Long.parseLong(line.replaceFirst(".*byteSize=(\\d+).*", "$1")))
                    .sum();
            assertEquals(kernelsBytes(), uploaded, () -> "of the file's bytes " + done);
            Generation generation = engine.submit(request(0));
            generation.await();
            assertTrue(generation.metrics().peakGpuBytes() > uploaded, generation.metrics()::toString);
        }
    }

    @Test
    void theGpuThatIsNamedComputesAndNoProcessorTakesItsPlace() {
        driver.devices(2);
        EngineOptions options = EngineOptions.DEFAULTS.withContext(256);
        try (Engine engine = Engine.open(model, options.withGpu(1))) {
            assertTrue(engine.stats().backend().startsWith("cuda (Stub GPU 1"), engine.stats()::toString);
        }
        assertEquals(
                "There is no GPU 2: the driver shows GPU 0, Stub GPU 0; GPU 1, Stub GPU 1. CUDA_VISIBLE_DEVICES may hide"
                        + " others.",
                refusal(options.withGpu(2)));
        driver.memory(100_000);
        assertTrue(refusal(options.withGpu(0)).startsWith("The model needs about 1 MB"), "does not fit");
        try (Engine engine = Engine.open(model, options)) {
            assertTrue(engine.stats().backend().contains("; not on the GPU: The model needs about"));
        }
        driver.devices(0);
        assertTrue(refusal(options.withGpu(0)).contains("shows no GPU"));
        assertThrows(
                InvalidInputException.class,
                () -> options.withBackend(BackendChoice.CPU).withGpu(0));
        assertThrows(
                InvalidInputException.class,
                () -> options.withCpuTier(CpuTier.SCALAR).withGpu(0));
        assertThrows(InvalidInputException.class, () -> options.withGpu(-2));
    }

    private String refusal(EngineOptions options) {
        return String.valueOf(assertThrows(MissingCapabilityException.class, () -> Engine.open(model, options))
                .getMessage());
    }

    /** Releases give their memory back as they come, and what a dead engine holds goes with it. */
    @Test
    void oneCallInManyMayFail() {
        List<Long> phases = phases();
        for (long k = 1; k <= phases.getLast(); k += 13) {
            failAt(k, phases, CODES.get((int) (k / 13 % CODES.size())));
        }
    }

    /** Each call with one of the codes in turn; {@code -Dgatun.every.code=true} tries all with each. */
    @Test
    @Tag("slow")
    void anyCallMayFailWithAnyCode() {
        boolean all = Boolean.getBoolean("gatun.every.code");
        List<Long> phases = phases();
        for (long k = 1; k <= phases.getLast(); k++) {
            for (int i = 0; i < CODES.size(); i++) {
                if (all || k % CODES.size() == i) {
                    failAt(k, phases, CODES.get(i));
                }
            }
        }
    }

    private void failAt(long k, List<Long> phases, int code) {
        driver.reset();
        driver.fail(k, code);
        List<String> told = new ArrayList<>();
        Engine engine = null;
        try {
            engine = open();
        } catch (MissingCapabilityException e) {
            assertTrue(k <= phases.getFirst(), () -> "call " + k + " is none of opening");
            told.add(String.valueOf(e.getMessage()));
        }
        if (engine != null) {
            answer(engine, told);
            try {
                engine.close();
            } catch (CudaException e) {
                told.add(String.valueOf(e.getMessage()));
            }
        }
        String failed = driver.failedCall(code);
        assertFalse(told.isEmpty(), () -> failed + ", call " + k + ", failed and nobody heard of it");
        for (String sentence : told) {
            assertFalse(sentence.contains("\n"), sentence);
            boolean complete =
                    sentence.matches("\\w+\\(.*\\) failed: (CUDA_ERROR_\\w+|unknown error) \\(" + code + "\\), .*\\.");
            boolean noDriver = sentence.endsWith(
                    " answered cuDriverGetVersion with error " + code + "; is the kernel driver loaded?");
            assertTrue(complete || (k == 1 && noDriver), () -> failed + ", call " + k + ": " + sentence);
        }
        driver.requireNothingLeft(failed, k);
        assertEquals(List.of(), engineThreads(), () -> failed + ", call " + k);
    }

    /** Two requests: after one that failed the next is right, or says that the GPU is lost. */
    private static void answer(Engine engine, List<String> told) {
        for (int i = 0; i < 3; i++) {
            Generation generation = engine.submit(request(i));
            try {
                assertEquals(FinishReason.LENGTH, generation.await());
                assertArrayEquals(new int[NEW_TOKENS], generation.tokens(), "zero is the largest of equal logits");
                assertTrue(
                        told.stream().noneMatch(sentence -> sentence.contains("the context is lost")),
                        "a dead GPU answers nothing");
            } catch (GenerationException e) {
                told.add(String.valueOf(e.getMessage()));
            }
            assertEquals(0, engine.stats().heldPages(), "pages of a request that has ended");
            assertEquals(0, engine.stats().running());
        }
        boolean lost = told.stream().anyMatch(sentence -> sentence.contains("the context is lost"));
        assertTrue(lost || told.size() <= 1, () -> "one failure was told more than once: " + told);
    }

    private static List<String> engineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter("gatun-engine"::equals)
                .collect(Collectors.toList());
    }
}
