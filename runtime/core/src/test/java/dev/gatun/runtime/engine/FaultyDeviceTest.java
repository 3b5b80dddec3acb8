package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.kernels.gpu.GpuBackend;
import dev.gatun.runtime.model.TinyModel;
import dev.gatun.sampler.SamplingParams;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernels compute after a call of the device has failed in the midst of a request: what they compute otherwise. */
class FaultyDeviceTest {
    /** A page of the cache and some, in two chunks. */
    private static final int PROMPT_TOKENS = 68;

    private static final int NEW_TOKENS = 4;
    private static final EngineOptions OPTIONS =
            EngineOptions.DEFAULTS.withContext(128).withPrefillChunk(64);

    @TempDir
    private Path folder;

    @Test
    void oneCallInManyMayFailAndTheNextAnswerIsRight() throws IOException {
        failEach(11);
    }

    @Test
    @Tag("slow")
    void anyCallMayFailAndTheNextAnswerIsRight() throws IOException {
        failEach(1);
    }

    private void failEach(int stride) throws IOException {
        Path model = TinyModel.speaking(DType.Q8_0).write(folder);
        FaultyDevice device = new FaultyDevice();
        GpuBackend faulty = new GpuBackend(device, Activations.AUTO, false);
        GpuBackend sound = new GpuBackend(VmDevice.open(1), Activations.AUTO, false);
        try (Engine engine = Engine.open(model, OPTIONS, faulty);
                Engine undisturbed = Engine.open(model, OPTIONS, sound)) {
            int failures = 0;
            boolean failed = true;
            for (int k = 1; failed; k += stride) {
                Request request = request(k);
                device.fail(k);
                failed = fails(engine, request);
                failures += failed ? 1 : 0;
                device.fail(0);
                Generation again = engine.submit(request);
                assertEquals(FinishReason.LENGTH, again.await());
                Generation expected = undisturbed.submit(request);
                expected.await();
                assertArrayEquals(expected.tokens(), again.tokens(), "after a failure of call " + k);
            }
            assertTrue(failures > 60 / stride, "only " + failures + " calls a request");
        }
    }

    private static boolean fails(Engine engine, Request request) {
        try {
            engine.submit(request).await();
            return false;
        } catch (GenerationException e) {
            assertEquals(FaultyDevice.MESSAGE, e.getMessage());
            assertEquals(0, engine.stats().heldPages());
            return true;
        }
    }

    /** Each has a prompt that the cache does not know. */
    private static Request request(int first) {
        return Request.tokens(IntStream.range(0, PROMPT_TOKENS)
                        .mapToObj(i -> (first + 7 * i) % 251)
                        .toList())
                .with(SamplingParams.GREEDY.toBuilder()
                        .maxTokens(NEW_TOKENS)
                        .ignoreEos(true)
                        .build());
    }
}
