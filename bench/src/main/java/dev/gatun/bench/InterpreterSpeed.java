package dev.gatun.bench;

import com.sun.management.ThreadMXBean;
import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.PtxMachine;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What the PTX machine does with the products of one row, 2048 outputs of 4096 columns: lane instructions a second of the
 * launching thread's own CPU time, which other work on the machine disturbs least; the same under all checkers.
 */
public final class InterpreterSpeed {
    private static final int OUTPUTS = 2048;
    private static final int COLUMNS = 4096;
    private static final int OUTPUTS_PER_BLOCK = 16;
    private static final int THREADS = 128;
    private static final int LAUNCHES = 40; // the later half is measured
    private static final int CHECKED_LAUNCHES = 8;
    private static final List<String> KERNELS =
            List.of("matmul_row_f32", "matmul_row_f16", "matmul_row_q4_1", "matmul_row_int8_q4_1");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private InterpreterSpeed() {}

    /** {@code [KERNEL ...]}: names of {@code matmul_row_*} kernels; without any, four of them. */
    public static void main(String[] arguments) throws IOException {
        for (String name : arguments.length == 0 ? KERNELS : List.of(arguments)) {
            new InterpreterSpeed().measure(name);
        }
    }

    private void measure(String name) throws IOException {
        PtxEntry entry = entry(name);
        try (PtxMachine machine = new PtxMachine()) {
            MemorySegment parameters = parameters(machine, name);
            Counters counters = new Counters();
            LaunchOptions options = LaunchOptions.DEFAULT.withWorkers(1);
            launch(machine, entry, parameters, options.withWatcher(counters));
            double first = launch(machine, entry, parameters, options);
            double plain = median(machine, entry, parameters, options, LAUNCHES);
            double checked = median(machine, entry, parameters, options.withWatcher(Checker.all()), CHECKED_LAUNCHES);
            System.out.printf(
                    Locale.ROOT,
                    "%-22s %5.1f M lane instructions, %6.0f M/s, %5.1f ms (first %.0f ms, checked %.1f ms)%n",
                    name,
                    counters.laneInstructions() / 1e6,
                    counters.laneInstructions() / plain / 1e3,
                    plain,
                    first,
                    checked);
        }
    }

    private double median(
            PtxMachine machine, PtxEntry entry, MemorySegment parameters, LaunchOptions options, int launches) {
        double[] milliseconds = new double[launches / 2];
        for (int i = -launches / 2; i < launches / 2; i++) {
            double taken = launch(machine, entry, parameters, options);
            if (i >= 0) {
                milliseconds[i] = taken;
            }
        }
        Arrays.sort(milliseconds);
        return milliseconds[milliseconds.length / 2];
    }

    /** Milliseconds of CPU time. */
    private double launch(PtxMachine machine, PtxEntry entry, MemorySegment parameters, LaunchOptions options) {
        long start = threads.getCurrentThreadCpuTime();
        machine.launch(entry, Dim3.of(OUTPUTS / OUTPUTS_PER_BLOCK), Dim3.of(THREADS), 0, parameters, options);
        return (threads.getCurrentThreadCpuTime() - start) / 1e6;
    }

    /** Zeros everywhere: what takes time does not depend on the numbers. */
    private static MemorySegment parameters(PtxMachine machine, String name) {
        boolean quantised = name.contains("_q");
        ByteBuffer block = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        block.putLong(zeros(machine, 4L * COLUMNS));
        if (name.contains("_int8_")) {
            block.putLong(zeros(machine, COLUMNS / 4));
        }
        block.putLong(zeros(machine, 4L * OUTPUTS * COLUMNS));
        if (quantised) {
            block.putLong(zeros(machine, (long) OUTPUTS * COLUMNS / 8));
        }
        block.putLong(0).putLong(zeros(machine, 4L * OUTPUTS)).putInt(COLUMNS).putInt(OUTPUTS);
        return MemorySegment.ofArray(Arrays.copyOf(block.array(), block.position()));
    }

    private static long zeros(PtxMachine machine, long byteSize) {
        long address = machine.allocate(byteSize);
        machine.fill(address, (byte) 0, byteSize);
        return address;
    }

    private static PtxEntry entry(String name) throws IOException {
        try (InputStream text = PtxModule.class.getResourceAsStream("/gatun-ptx/" + name + ".ptx")) {
            if (text == null) {
                throw new IllegalArgumentException("no kernel " + name);
            }
            return PtxModule.parse(new String(text.readAllBytes(), StandardCharsets.UTF_8))
                    .entry(name);
        }
    }
}
