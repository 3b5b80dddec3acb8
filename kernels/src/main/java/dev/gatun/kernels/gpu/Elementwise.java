package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;

/** Launches {@code add}, {@code swiglu} and {@code gather}. */
final class Elementwise {
    private static final int THREADS = 256;
    private static final int ELEMENTS_PER_BLOCK = 1024;
    private static final int GATHER_THREADS = 128;

    private final Kernel add;
    private final Kernel swiGlu;
    private final Kernel gather;

    Elementwise(Arena arena, Device device) {
        this.add = new Kernel(arena, device, "add", THREADS);
        this.swiGlu = new Kernel(arena, device, "swiglu", THREADS);
        this.gather = new Kernel(arena, device, "gather", GATHER_THREADS);
    }

    void add(Tensor x, Tensor y) {
        int count = Math.multiplyExact(x.rows(), x.columns());
        ParamBlock parameters = add.parameters();
        Kernel.push(parameters, x);
        Kernel.push(parameters, y);
        parameters.u32(count);
        add.grid(Math.ceilDiv(count, ELEMENTS_PER_BLOCK), 1, 1);
        add.launch();
    }

    void swiGlu(Tensor gate, Tensor up, Tensor out) {
        int count = Math.multiplyExact(gate.rows(), gate.columns());
        ParamBlock parameters = swiGlu.parameters();
        Kernel.push(parameters, gate);
        Kernel.push(parameters, up);
        Kernel.push(parameters, out);
        parameters.u32(count);
        swiGlu.grid(Math.ceilDiv(count, ELEMENTS_PER_BLOCK), 1, 1);
        swiGlu.launch();
    }

    void gather(Tensor x, StepBlock step, Tensor out) {
        ParamBlock parameters = gather.parameters();
        Kernel.push(parameters, x);
        step.pushLogitRows(parameters);
        Kernel.push(parameters, out);
        parameters.u32(x.columns());
        gather.grid(out.rows(), 1, 1);
        gather.launch();
    }
}
