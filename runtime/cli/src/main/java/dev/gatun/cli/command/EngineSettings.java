package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.Units;
import dev.gatun.cli.Version;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.kernels.Activations;
import dev.gatun.kernels.CpuTier;
import dev.gatun.kernels.DType;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.BackendChoice;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.EngineOptions;
import dev.gatun.runtime.engine.ModelInfo;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which model runs, and on what. */
final class EngineSettings {
    private static final int USUAL_DRAFT_TOKENS = 4;

    @Mixin
    private ModelOption model = new ModelOption();

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "What computes: auto, cpu, cuda, ptxvm or reference (default: auto).",
            defaultValue = "auto")
    private BackendChoice backend = BackendChoice.AUTO;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of the CPU backend; 0 for one a processor (default: 0).",
            defaultValue = "0")
    private int threads;

    @Option(
            names = "--activations",
            paramLabel = "TYPE",
            description = "What a matrix product on the CPU quantises its input to: f32, int8 or auto (default: auto).",
            defaultValue = "auto")
    private Activations activations = Activations.AUTO;

    @Option(
            names = "--draft-tokens",
            paramLabel = "N",
            description =
                    "Guess up to N tokens ahead, from what stood before or with --draft-model: the same answer, in"
                            + " fewer steps (default: 0, or 4 with --draft-model).")
    private @Nullable Integer draftTokens;

    @Option(
            names = "--draft-model",
            paramLabel = "MODEL",
            description = "A smaller model of the same tokens that guesses instead: a GGUF file or a catalogue name.")
    private @Nullable String draftModel;

    @Option(
            names = "--cpu-tier",
            paramLabel = "NAME",
            description =
                    "Inner loops of the CPU backend: asm (machine code), vector, scalar, or auto for the fastest that"
                            + " runs here (default: auto).",
            defaultValue = "auto")
    private CpuTier cpuTier = CpuTier.AUTO;

    @Option(
            names = "--kv-type",
            paramLabel = "TYPE",
            description = "How keys and values are stored: f16, f32 or q8_0, half the memory of f16 (default: f16).",
            defaultValue = "f16")
    private KvType kvType = KvType.F16;

    @Option(
            names = "--gpu",
            paramLabel = "N",
            description = "The GPU that computes, by its number in gatun doctor; no processor takes its place"
                    + " (default: the first that there is).")
    private @Nullable Integer gpu;

    /** The types of a cache, by {@link DType}'s names. */
    private enum KvType {
        F16,
        F32,
        Q8_0
    }

    /**
     * Refuses {@code --draft-tokens} and {@code --draft-model}, which a search has no use for.
     *
     * @throws InvalidInputException if it is given
     */
    void refuseGuesses() {
        if (draftModel != null) {
            throw new InvalidInputException("--draft-model is " + draftModel
                    + ": a search with --num-beams guesses nothing; leave one of them out.");
        }
        if (draftTokens != null && draftTokens > 0) {
            throw new InvalidInputException("--draft-tokens is " + draftTokens
                    + ": a search with --num-beams guesses nothing; leave one of them out.");
        }
    }

    /** What the model was asked for as: a file's name without its folder, or a name in the catalogue. */
    String modelName() {
        return model.name();
    }

    /**
     * Opens the model and prints the banner.
     *
     * @param context most tokens of a sequence; 0 for the model's own
     */
    Engine open(ModelStore models, Console console, int context) {
        return open(models, console, context, 1);
    }

    /**
     * Opens the model and prints the banner.
     *
     * @param context most tokens of a sequence; 0 for the model's own
     * @param sequences most sequences at the same time
     */
    Engine open(ModelStore models, Console console, int context, int sequences) {
        EngineOptions options = EngineOptions.DEFAULTS
                .withBackend(backend)
                .withThreads(threads)
                .withActivations(activations)
                .withDraftTokens(draftTokens == null ? 0 : draftTokens)
                .withCpuTier(cpuTier)
                .withGpu(gpuNumber())
                .withKvType(DType.valueOf(kvType.name()))
                .withContext(context)
                .withSequences(sequences);
        if (draftModel != null) {
            options = options.withDraftModel(
                    ModelOption.file(draftModel, models, console),
                    draftTokens == null ? USUAL_DRAFT_TOKENS : draftTokens);
        }
        long begin = System.nanoTime();
        Engine engine;
        Path file = model.file(models, console);
        try (LoadDisplay display = new LoadDisplay(console)) {
            engine = Engine.open(file, options, display);
        }
        double milliseconds = (System.nanoTime() - begin) / 1e6;
        console.note(banner(engine));
        if (console.isVerbose()) {
            console.note("load: " + Units.bytes(engine.info().weightBytes()) + " of weights, "
                    + Units.bytes(engine.stats().kvBytes()) + " of key-value cache, "
                    + Units.milliseconds(milliseconds));
        }
        return engine;
    }

    private int gpuNumber() {
        Integer number = gpu;
        if (number == null) {
            return EngineOptions.FIRST_GPU;
        }
        if (number < 0) {
            throw new InvalidInputException("--gpu is " + number + "; expected 0 or more, as gatun doctor counts.");
        }
        return number;
    }

    private String banner(Engine engine) {
        ModelInfo info = engine.info();
        return "gatun " + Version.text() + " | " + info.name() + " (" + info.architecture() + ", "
                + Units.decimal(info.parameters() / 1e6, 1) + " M parameters, " + Units.bytes(info.weightBytes())
                + ") | " + engine.stats().backend() + " | context "
                + engine.stats().context() + ", kv " + kvType.name().toLowerCase(Locale.ROOT);
    }
}
