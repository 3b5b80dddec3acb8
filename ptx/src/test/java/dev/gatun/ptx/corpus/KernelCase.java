package dev.gatun.ptx.corpus;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.PtxMachine;
import dev.gatun.ptx.verify.PtxEntry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One launch of a compiled kernel: its arguments in the order of the parameters, and what must come out. */
final class KernelCase {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    /** An argument: a scalar, or the content of a buffer at the start; outputs have a claim about the end. */
    private record Argument(MemorySegment bytes, boolean isBuffer, Consumer<MemorySegment> claim) {}

    private final String kernel;
    private final String note;
    private final Dim3 grid;
    private final Dim3 block;
    private final int sharedBytes;
    private final List<Argument> arguments = new ArrayList<>();

    KernelCase(String kernel, String note, Dim3 grid, Dim3 block, int sharedBytes) {
        this.kernel = kernel;
        this.note = note;
        this.grid = grid;
        this.block = block;
        this.sharedBytes = sharedBytes;
    }

    KernelCase(String kernel, String note, Dim3 grid, Dim3 block) {
        this(kernel, note, grid, block, 0);
    }

    String kernel() {
        return kernel;
    }

    KernelCase input(MemorySegment host) {
        return buffer(host, end -> {});
    }

    KernelCase input(float[] host) {
        return input(MemorySegment.ofArray(host));
    }

    KernelCase input(int[] host) {
        return input(MemorySegment.ofArray(host));
    }

    /** A buffer of poison that must end as {@code expected}, bit for bit. */
    KernelCase output(int[] expected) {
        int[] start = new int[expected.length];
        java.util.Arrays.fill(start, -1);
        return inOut(start, expected);
    }

    KernelCase inOut(int[] start, int[] expected) {
        return buffer(MemorySegment.ofArray(start), end -> {
            int[] actual = end.toArray(INT);
            for (int i = 0; i < expected.length; i++) {
                if (actual[i] != expected[i]) {
                    throw new AssertionError("element " + i + " is " + actual[i] + ", not " + expected[i]);
                }
            }
        });
    }

    /** A buffer of NaN that must end within {@code tolerance[i]} of {@code expected[i]}. */
    KernelCase output(double[] expected, double[] tolerance) {
        float[] start = new float[expected.length];
        java.util.Arrays.fill(start, Float.NaN);
        return buffer(MemorySegment.ofArray(start), end -> {
            float[] actual = end.toArray(FLOAT);
            for (int i = 0; i < expected.length; i++) {
                if (!(Math.abs(actual[i] - expected[i]) <= tolerance[i])) {
                    throw new AssertionError(
                            "element " + i + " is " + actual[i] + ", not " + expected[i] + " +- " + tolerance[i]);
                }
            }
        });
    }

    KernelCase scalar(int value) {
        byte[] bytes = new byte[4];
        MemorySegment.ofArray(bytes).set(INT, 0, value);
        arguments.add(new Argument(MemorySegment.ofArray(bytes), false, end -> {}));
        return this;
    }

    KernelCase scalar(float value) {
        return scalar(Float.floatToRawIntBits(value));
    }

    private KernelCase buffer(MemorySegment host, Consumer<MemorySegment> claim) {
        arguments.add(new Argument(host, true, claim));
        return this;
    }

    /** Runs the kernel in new memory, checks the outputs and returns the bytes of all buffers. */
    byte[][] run(PtxEntry entry, LaunchOptions options) {
        try (PtxMachine machine = new PtxMachine()) {
            ByteBuffer parameters = ByteBuffer.allocate(entry.parameterBytes()).order(ByteOrder.nativeOrder());
            long[] addresses = new long[arguments.size()];
            for (int i = 0; i < addresses.length; i++) {
                Argument argument = arguments.get(i);
                int offset = entry.parameters().get(i).offsetBytes();
                if (argument.isBuffer()) {
                    addresses[i] = machine.allocate(argument.bytes().byteSize());
                    machine.copyIn(addresses[i], argument.bytes());
                    parameters.putLong(offset, addresses[i]);
                } else {
                    parameters.put(offset, argument.bytes().toArray(ValueLayout.JAVA_BYTE));
                }
            }
            machine.launch(entry, grid, block, sharedBytes, MemorySegment.ofBuffer(parameters), options);
            byte[][] ends = new byte[addresses.length][];
            for (int i = 0; i < addresses.length; i++) {
                Argument argument = arguments.get(i);
                ends[i] = argument.bytes().toArray(ValueLayout.JAVA_BYTE);
                if (argument.isBuffer()) {
                    machine.copyOut(MemorySegment.ofArray(ends[i]), addresses[i]);
                    argument.claim().accept(MemorySegment.ofArray(ends[i]));
                }
            }
            return ends;
        }
    }

    @Override
    public String toString() {
        return kernel + " " + note;
    }
}
