package dev.gatun.bench.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.ptx.count.Counters;
import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.engine.BackendChoice;
import dev.gatun.runtime.engine.EngineOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whole models: a real one must say what the CPU backend says; random ones in the shapes of the goals E1 to E7 are timed, with the
 * gap between a step and what its bytes cost at least, item by item.
 */
public final class ModelPart implements Part {
    private static final int ROUNDS = 3;
    private static final String REAL = "SmolLM2";
    private static final List<String> PROMPTS = List.of("The capital of France is", "1, 2, 3, 4,", "def add(a, b):");

    private final Size size;
    private final int layers;
    private final @Nullable Path model;
    private final ResultFolder folder;

    /** A goal of the design paper: what is run, and which phase counts. */
    private record Goal(
            String name, ModelShape shape, DType type, int prompt, int tokens, int sequences, boolean prefill) {}

    /**
     * The part.
     *
     * @param layers most layers of a random model, for machines that cannot hold it whole
     * @param model the real model; null if it is not on this machine
     */
    public ModelPart(Size size, int layers, @Nullable Path model, ResultFolder folder) {
        this.size = size;
        this.layers = layers;
        this.model = model;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "model";
    }

    @Override
    public char letter() {
        return 'e';
    }

    @Override
    public String title() {
        return "End to end: tokens of a real model, speed in the shapes of large ones";
    }

    @Override
    public List<String> inputs() {
        return List.of(size.name(), String.valueOf(layers), String.valueOf(model));
    }

    @Override
    public List<Case> cases(Stand stand) {
        List<Case> cases = new ArrayList<>();
        int tokens = size == Size.FULL ? 64 : 3;
        for (String prompt : size == Size.FULL ? PROMPTS : PROMPTS.subList(0, 1)) {
            String name = REAL + ", " + tokens + " tokens after \"" + prompt + "\"";
            cases.add(Case.of(name, budget -> sameTokens(stand, name, prompt, tokens)));
        }
        for (Goal goal : goals()) {
            cases.add(Case.of(goal.name(), budget -> time(stand, goal, budget)));
        }
        return cases;
    }

    private List<Goal> goals() {
        ModelShape eight = shape(ModelShape.EIGHT);
        int answer = size == Size.FULL ? 64 : 3;
        return List.of(
                goal("E1", eight, DType.BF16, 512, answer, 1),
                goal("E2", eight, DType.Q4_0, 512, answer, 1),
                goal("E3", eight, DType.Q8_0, 512, answer, 1),
                goal("E4", eight, DType.BF16, 4096, 1, 1),
                goal("E5", eight, DType.BF16, 32_768, answer, 1),
                goal("E6", eight, DType.BF16, 1024, answer, size == Size.FULL ? 64 : 2),
                goal("E7", shape(ModelShape.ONE), DType.BF16, 512, answer, 1));
    }

    private ModelShape shape(ModelShape whole) {
        ModelShape shape = size == Size.FULL ? whole : ModelShape.TINY;
        return shape.withLayers(Math.min(layers, shape.layers()));
    }

    private Goal goal(String number, ModelShape shape, DType type, int context, int tokens, int sequences) {
        int prompt = Math.min(context / size.division, size == Size.FULL ? context : 64);
        boolean prefill = tokens == 1;
        String name = number + ": " + shape.name() + " " + type
                + (prefill ? ", prefill of " + prompt : ", decode at " + prompt)
                + (sequences > 1 ? ", " + sequences + " sequences" : "");
        return new Goal(name, shape, type, prompt, tokens, sequences, prefill);
    }

    // ---- tokens

    private Row sameTokens(Stand stand, String name, String prompt, int tokens) {
        if (model == null) {
            throw new MissingCapabilityException("the model is not there; fetch it with: ./gatun pull smollm2");
        }
        stand.recover(); // the engine opens the GPU itself
        List<Integer> expected =
                ModelRun.answer(model, EngineOptions.DEFAULTS.withBackend(BackendChoice.CPU), prompt, tokens);
        List<Integer> actual = ModelRun.answer(model, options(stand), prompt, tokens);
        return Row.check(
                name,
                expected.equals(actual),
                expected.equals(actual)
                        ? "the tokens of the CPU backend"
                        : "the CPU backend says " + expected + ", this " + actual);
    }

    private static EngineOptions options(Stand stand) {
        return EngineOptions.DEFAULTS
                .withBackend(stand.hasClock() ? BackendChoice.CUDA : BackendChoice.PTXVM)
                .withThreads(stand.hasClock() ? 0 : stand.threads());
    }

    // ---- speed

    private Row time(Stand stand, Goal goal, Budget budget) {
        boolean wrong = folder.rows(name()).values().stream()
                .anyMatch(row -> row.name().startsWith(REAL) && row.status() == Status.FAILED);
        if (wrong) {
            return Row.of(goal.name(), Status.FAILED, "no time without the right tokens of the real model");
        }
        stand.recover();
        try {
            Path file = RandomModel.file(folder.path().resolve("models"), goal.shape(), goal.type());
            ModelRun run = new ModelRun(file, options(stand), goal.prompt(), goal.tokens(), goal.sequences());
            ModelRun.Times times = run.time(stand.hasClock() ? ROUNDS : 1, budget);
            if (!stand.hasClock()) {
                return Row.of(goal.name(), Status.PASSED, "ran to its end on " + times.backend() + "; not timed");
            }
            return goal.prefill() ? prefill(goal, times) : decode(goal, times);
        } catch (IOException e) {
            throw new UncheckedIOException("the model's file can not be written", e);
        }
    }

    private Row prefill(Goal goal, ModelRun.Times times) {
        double micros = times.prefill().median();
        double teraflops = 2.0 * goal.shape().rowMultiplyAdds() / micros / 1e6;
        Row row = new Row(
                        goal.name(), Status.MEASURED, Map.of(), times.prefill().all(), times.backend())
                .with("tokens/s", 1e6 / micros)
                .with("TFLOP/s", teraflops);
        Optional<Double> gemm = folder.figure("ceilings", CeilingsPart.GEMM, CeilingsPart.TERAFLOPS);
        return gemm.isPresent() ? row.with("% of cuBLAS", 100 * teraflops / gemm.get()) : row;
    }

    private Row decode(Goal goal, ModelRun.Times times) {
        double step = times.decode().median() * goal.sequences();
        long bytes = goal.shape().stepBytes(goal.type(), goal.sequences(), goal.prompt() + goal.tokens() / 2);
        Row row = new Row(goal.name(), Status.MEASURED, Map.of(), times.decode().all(), times.backend())
                .with("tokens/s", 1e6 / times.decode().median())
                .with("us a step", step)
                .with("GB/s", bytes / step / 1e3);
        Optional<Double> copy = folder.figure("ceilings", CeilingsPart.COPY, CeilingsPart.RATE);
        return copy.isPresent() ? gap(row, goal, step, bytes / copy.get() / 1e3) : row;
    }

    /** What a step takes beyond its bytes at the rate of a copy: between kernels, in the layers' kernels, in the rest. */
    private Row gap(Row row, Goal goal, double step, double floor) {
        Row with = row.with("% of copy", 100 * floor / step).with("floor us", floor);
        boolean timed =
                size == Size.FULL && goal.sequences() == 1 && goal.shape().width() == ModelShape.EIGHT.width();
        Exercise layer = timed ? Exercises.layer(size.division, goal.type()) : null;
        Optional<Double> node = folder.figure("ceilings", CeilingsPart.DEPENDENT_GAP, CeilingsPart.MICROS)
                .or(() -> folder.figure("ceilings", CeilingsPart.GAP, CeilingsPart.MICROS));
        Optional<Double> measured =
                layer == null ? Optional.empty() : folder.figure("kernels", layer.name(), LadderPart.COLD);
        Optional<Double> copy = folder.figure("ceilings", CeilingsPart.COPY, CeilingsPart.RATE);
        if (layer == null || node.isEmpty() || measured.isEmpty() || copy.isEmpty()) {
            return with.with("gap us, not itemised", step - floor);
        }
        long launches = LadderPart.count(layer).values().stream()
                .mapToLong(Counters::launches)
                .sum();
        int count = goal.shape().layers();
        double boundaries = count * launches * node.get();
        double kernels = count * (measured.get() - layer.bytes() / copy.get() / 1e3) - boundaries;
        return with.with("boundaries us", boundaries)
                .with("layers' kernels us", kernels)
                .with("rest us", step - floor - boundaries - kernels);
    }
}
