package dev.gatun.runtime.engine;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.CpuTier;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.runtime.InvalidInputException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How an engine runs its model. {@link #DEFAULTS} fits most; {@code with...} changes one thing.
 *
 * @param backend which backend computes
 * @param activations what a matrix product on the CPU quantises its input to
 * @param cpuTier which inner loops the CPU backend runs; opening fails where this machine lacks the tier that is named
 * @param threads threads the CPU backend uses; 0 for one a processor
 * @param context most tokens of one sequence, prompt and answer together; 0 for the model's own, at most
 *     {@value #DEFAULT_CONTEXT}
 * @param sequences most sequences that run at the same time; others wait
 * @param kvType how keys and values are stored: F16, F32 or Q8_0 (about half of F16's memory)
 * @param prefillChunk most prompt tokens of one step
 * @param draftTokens most tokens guessed ahead in a decode step, by the draft model or else by prompt lookup: the same
 *     answer, in fewer steps where guesses prove right; 0 for none
 * @param draftModel a smaller model of the same tokens that guesses, in place of prompt lookup
 * @param gpu number of the GPU that computes, as the driver counts them; {@value #FIRST_GPU} for the first if there is one
 */
public record EngineOptions(
        BackendChoice backend,
        Activations activations,
        CpuTier cpuTier,
        int threads,
        int context,
        int sequences,
        DType kvType,
        int prefillChunk,
        int draftTokens,
        Optional<Path> draftModel,
        int gpu) {

    /** No GPU is named. */
    public static final int FIRST_GPU = -1;

    /** The context length when none is asked for and the model's own is longer. */
    public static final int DEFAULT_CONTEXT = 4_096;

    /** One sequence at a time on the fastest backend, with the model's context length. */
    public static final EngineOptions DEFAULTS = new EngineOptions(
            BackendChoice.AUTO,
            Activations.AUTO,
            CpuTier.AUTO,
            0,
            0,
            1,
            DType.F16,
            256,
            0,
            Optional.empty(),
            FIRST_GPU);

    public EngineOptions {
        within("threads", threads, 0, 1_024);
        within("context", context, 0, 1 << 26);
        within("sequences", sequences, 1, 4_096);
        within("prefill_chunk", prefillChunk, 1, 1 << 16);
        within("draft_tokens", draftTokens, 0, 64);
        if (draftModel.isPresent() && draftTokens == 0) {
            throw new InvalidInputException("draft_model is " + draftModel.get()
                    + ", but draft_tokens is 0, so that it would guess nothing; set draft_tokens to 1 to 64.");
        }
        within("gpu", gpu, FIRST_GPU, 1_023);
        if (!KvLayer.holds(kvType)) {
            throw new InvalidInputException("kv_type is " + kvType + "; expected F16, F32 or Q8_0.");
        }
        if (cpuTier != CpuTier.AUTO && backend != BackendChoice.AUTO && backend != BackendChoice.CPU) {
            throw new InvalidInputException(
                    "cpu_tier is " + cpuTier + ", but the backend is " + backend + "; only the cpu backend has tiers.");
        }
        if (gpu != FIRST_GPU && backend != BackendChoice.AUTO && backend != BackendChoice.CUDA) {
            throw new InvalidInputException(
                    "gpu is " + gpu + ", but the backend is " + backend + "; only the cuda backend runs on a GPU.");
        }
        if (gpu != FIRST_GPU && cpuTier != CpuTier.AUTO) {
            throw new InvalidInputException(
                    "gpu is " + gpu + " and cpu_tier is " + cpuTier + "; leave one of them out.");
        }
    }

    /** Whether one of several GPUs is named: then no other and no processor takes its place. */
    public boolean namesGpu() {
        return gpu != FIRST_GPU;
    }

    public EngineOptions withBackend(BackendChoice backend) {
        return with(changes -> changes.backend = backend);
    }

    public EngineOptions withActivations(Activations activations) {
        return with(changes -> changes.activations = activations);
    }

    public EngineOptions withThreads(int threads) {
        return with(changes -> changes.threads = threads);
    }

    public EngineOptions withContext(int context) {
        return with(changes -> changes.context = context);
    }

    public EngineOptions withSequences(int sequences) {
        return with(changes -> changes.sequences = sequences);
    }

    public EngineOptions withKvType(DType kvType) {
        return with(changes -> changes.kvType = kvType);
    }

    public EngineOptions withPrefillChunk(int prefillChunk) {
        return with(changes -> changes.prefillChunk = prefillChunk);
    }

    public EngineOptions withDraftTokens(int draftTokens) {
        return with(changes -> changes.draftTokens = draftTokens);
    }

    /** Lets a smaller model guess {@code draftTokens} tokens ahead in each decode step. */
    public EngineOptions withDraftModel(Path draftModel, int draftTokens) {
        return with(changes -> {
            changes.draftModel = Optional.of(draftModel);
            changes.draftTokens = draftTokens;
        });
    }

    public EngineOptions withGpu(int gpu) {
        return with(changes -> changes.gpu = gpu);
    }

    public EngineOptions withCpuTier(CpuTier cpuTier) {
        return with(changes -> changes.cpuTier = cpuTier);
    }

    private EngineOptions with(Consumer<Changes> change) {
        Changes changes = new Changes(this);
        change.accept(changes);
        return changes.options();
    }

    /** The same options, to be changed. */
    private static final class Changes {
        private BackendChoice backend;
        private Activations activations;
        private CpuTier cpuTier;
        private int threads;
        private int context;
        private int sequences;
        private DType kvType;
        private int prefillChunk;
        private int draftTokens;
        private Optional<Path> draftModel;
        private int gpu;

        Changes(EngineOptions from) {
            this.backend = from.backend;
            this.activations = from.activations;
            this.cpuTier = from.cpuTier;
            this.threads = from.threads;
            this.context = from.context;
            this.sequences = from.sequences;
            this.kvType = from.kvType;
            this.prefillChunk = from.prefillChunk;
            this.draftTokens = from.draftTokens;
            this.draftModel = from.draftModel;
            this.gpu = from.gpu;
        }

        EngineOptions options() {
            return new EngineOptions(
                    backend,
                    activations,
                    cpuTier,
                    threads,
                    context,
                    sequences,
                    kvType,
                    prefillChunk,
                    draftTokens,
                    draftModel,
                    gpu);
        }
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidInputException(name + " is " + value + "; expected " + least + " to " + most + ".");
        }
    }
}
