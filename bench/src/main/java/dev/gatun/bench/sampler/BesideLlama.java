package dev.gatun.bench.sampler;

import com.sun.management.ThreadMXBean;
import dev.gatun.sampler.Sampler;
import dev.gatun.sampler.SamplingParams;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Gatun's sampler beside llama.cpp's on the same rows, in turn, in processor time of the thread; the maximum pass over those
 * rows is the unit. {@code bench/peers/sampler} builds the library and makes a report of what this prints.
 */
public final class BesideLlama {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int WARM_UP_NANOS = 1_000_000_000;
    private static final int ROUND_NANOS = 10_000_000;
    private static final int PROMPT_SEED_LENGTH = 64;

    /** One way to choose a token from a row. */
    private interface Choice {
        int next(int row) throws Throwable;
    }

    private record Case(String name, int window, boolean flat, SamplingParams params) {}

    private static final List<Case> CASES = List.of(
            new Case("greedy", 0, false, Rows.greedy()),
            new Case("chain, 64 penalised", PROMPT_SEED_LENGTH, false, Rows.chain(PROMPT_SEED_LENGTH)),
            new Case("chain, 1024 penalised", 1024, false, Rows.chain(1024)),
            new Case("top-p 0.95", 0, false, Rows.nucleus()),
            new Case("top-p 0.95, flat", 0, true, Rows.nucleus()));

    private final int vocabulary;
    private final float[][] rows;
    private final MemorySegment[] nativeRows;
    private int sink;

    private BesideLlama(int vocabulary, boolean flat, Arena arena) {
        this.vocabulary = vocabulary;
        this.rows = flat ? Rows.flat(vocabulary) : Rows.peaked(vocabulary);
        this.nativeRows = new MemorySegment[rows.length];
        for (int i = 0; i < rows.length; i++) {
            nativeRows[i] = arena.allocateFrom(ValueLayout.JAVA_FLOAT, rows[i]);
        }
    }

    /**
     * {@code LIBRARY ROUNDS}: prints lines of vocabulary, case, program, round, microseconds and bytes a token.
     *
     * @param arguments the library that the script builds, and how many rounds
     */
    public static void main(String[] arguments) throws Throwable {
        if (arguments.length != 2) {
            System.err.println("usage: BesideLlama LIBRARY ROUNDS; bench/peers/sampler builds the library");
            System.exit(2);
        }
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup library = SymbolLookup.libraryLookup(Path.of(arguments[0]), arena);
            for (int vocabulary : new int[] {49_152, 128_256}) {
                for (Case one : CASES) {
                    new BesideLlama(vocabulary, one.flat, arena).measure(one, library, Integer.parseInt(arguments[1]));
                }
            }
        }
    }

    private void measure(Case one, SymbolLookup library, int rounds) throws Throwable {
        var names = List.of("maximum", "gatun", "llama.cpp");
        List<Choice> choices = new ArrayList<>();
        choices.add(row -> Float.floatToIntBits(maximum(rows[row])));
        choices.add(gatun(one));
        choices.add(llama(one, library));
        for (Choice choice : choices) {
            long begin = THREADS.getCurrentThreadCpuTime();
            while (THREADS.getCurrentThreadCpuTime() - begin < WARM_UP_NANOS) {
                sweep(choice);
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < names.size(); i++) {
                Choice choice = choices.get(i);
                long bytes = THREADS.getCurrentThreadAllocatedBytes();
                long begin = THREADS.getCurrentThreadCpuTime();
                int count = 0;
                do {
                    sweep(choice);
                    count += Rows.COUNT;
                } while (THREADS.getCurrentThreadCpuTime() - begin < ROUND_NANOS);
                double micros = (THREADS.getCurrentThreadCpuTime() - begin) / 1e3 / count;
                long left = (THREADS.getCurrentThreadAllocatedBytes() - bytes) / count;
                System.out.printf("%d;%s;%s;%d;%.3f;%d%n", vocabulary, one.name, names.get(i), round, micros, left);
            }
        }
        if (sink == 1) {
            System.err.println(); // the choices are used
        }
    }

    private void sweep(Choice choice) throws Throwable {
        for (int row = 0; row < Rows.COUNT; row++) {
            sink += choice.next(row);
        }
    }

    private static float maximum(float[] row) {
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

    private Choice gatun(Case one) {
        var sampler = new Sampler(one.params, vocabulary, new int[0], 1, 0);
        sampler.prompt(Rows.prompt(vocabulary, one.window), one.window);
        return row -> sampler.next(rows[row]);
    }

    private Choice llama(Case one, SymbolLookup library) throws Throwable {
        SamplingParams p = one.params;
        Linker linker = Linker.nativeLinker();
        MethodHandle open = linker.downcallHandle(
                library.find("peer_open").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_FLOAT,
                        ValueLayout.JAVA_FLOAT,
                        ValueLayout.JAVA_FLOAT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_FLOAT,
                        ValueLayout.JAVA_FLOAT));
        MethodHandle accept = linker.downcallHandle(
                library.find("peer_accept").orElseThrow(),
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        MethodHandle next = linker.downcallHandle(
                library.find("peer_next").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        MemorySegment sampler = (MemorySegment) open.invokeExact(
                vocabulary,
                one.window,
                (float) p.repetitionPenalty(),
                (float) p.frequencyPenalty(),
                (float) p.presencePenalty(),
                p.topK(),
                (float) p.topP(),
                (float) p.temperature());
        for (int token : Rows.prompt(vocabulary, one.window)) {
            accept.invokeExact(sampler, token);
        }
        return row -> (int) next.invokeExact(sampler, nativeRows[row]);
    }
}
