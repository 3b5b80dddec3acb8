package dev.gatun.bench.sampler;

import dev.gatun.sampler.Sampler;
import dev.gatun.sampler.SamplingParams;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What a token costs beside one streaming maximum pass over its row, and the heap it leaves. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 15, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class SamplerCost {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int SMALL_WINDOW = 64;
    private static final int LARGE_WINDOW = 1024;

    @Param({"49152", "128256"})
    private int vocabulary;

    private float[][] rows = {};
    private float[][] flatRows = {};
    private Sampler greedy = sampler(SamplingParams.GREEDY, 1, 0);
    private Sampler chain = greedy;
    private Sampler chainOfMany = greedy;
    private Sampler nucleus = greedy;
    private int next;

    /** Makes the rows. */
    @Setup
    public void rows() {
        rows = Rows.peaked(vocabulary);
        flatRows = Rows.flat(vocabulary);
    }

    /** Starts over, so that the sequence does not outgrow the room reserved for it. */
    @Setup(Level.Iteration)
    public void samplers() {
        greedy = sampler(Rows.greedy(), vocabulary, 0);
        chain = sampler(Rows.chain(SMALL_WINDOW), vocabulary, SMALL_WINDOW);
        chainOfMany = sampler(Rows.chain(LARGE_WINDOW), vocabulary, LARGE_WINDOW);
        nucleus = sampler(Rows.nucleus(), vocabulary, 0);
    }

    private static Sampler sampler(SamplingParams params, int vocabulary, int promptLength) {
        var sampler = new Sampler(params, vocabulary, new int[0], 1, 0);
        sampler.prompt(Rows.prompt(vocabulary, promptLength), promptLength);
        return sampler;
    }

    private int row() {
        next = (next + 1) % Rows.COUNT;
        return next;
    }

    /** The unit. */
    @Benchmark
    public float maximumPass() {
        float[] row = rows[row()];
        int step = FLOATS.length();
        FloatVector a = FloatVector.fromArray(FLOATS, row, 0);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < row.length; i += 4 * step) {
            a = a.max(FloatVector.fromArray(FLOATS, row, i));
            b = b.max(FloatVector.fromArray(FLOATS, row, i + step));
            c = c.max(FloatVector.fromArray(FLOATS, row, i + 2 * step));
            d = d.max(FloatVector.fromArray(FLOATS, row, i + 3 * step));
        }
        return a.max(b).max(c.max(d)).reduceLanes(VectorOperators.MAX);
    }

    /** Temperature 0. */
    @Benchmark
    public int greedy() {
        return greedy.next(rows[row()]);
    }

    /** Penalties of the last 64 tokens, temperature 0.8, top-k 40, top-p 0.95. */
    @Benchmark
    public int chain() {
        return chain.next(rows[row()]);
    }

    /** The same with penalties of the last 1,024 tokens. */
    @Benchmark
    public int chainOfMany() {
        return chainOfMany.next(rows[row()]);
    }

    /** Top-p 0.95 alone, on nearly equal logits. */
    @Benchmark
    public int flatNucleus() {
        return nucleus.next(flatRows[row()]);
    }

    /**
     * Runs it with the garbage collector's counts.
     *
     * @param arguments JMH's
     */
    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        new Runner(new OptionsBuilder()
                        .parent(new CommandLineOptions(arguments))
                        .include(SamplerCost.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
    }
}
