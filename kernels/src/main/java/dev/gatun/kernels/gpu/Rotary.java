package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;

/**
 * Launches {@code angles} and {@code rope}. The frequencies of a {@link Rotation} go to the device when it is first met.
 */
final class Rotary {
    private static final int THREADS = 64;

    private final Arena arena;
    private final Device device;
    private final Kernel angles;
    private final Kernel rope;
    private final IdentityHashMap<double[], MemorySegment> frequencies = new IdentityHashMap<>();

    Rotary(Arena arena, Device device) {
        this.arena = arena;
        this.device = device;
        this.angles = new Kernel(arena, device, "angles", THREADS);
        this.rope = new Kernel(arena, device, "rope", THREADS);
    }

    void angles(StepBlock step, Rotation rotation, Tensor out) {
        ParamBlock parameters = angles.parameters();
        step.pushPositions(parameters);
        parameters.pointer(frequencies(rotation.inverseFrequencies()), 0);
        Kernel.push(parameters, out);
        parameters.u32(rotation.dimensions() / 2).f32(rotation.magnitude());
        angles.grid(out.rows(), 1, 1);
        angles.launch();
    }

    void rope(Tensor x, int headDim, Rotation rotation, Tensor turned) {
        int pairs = rotation.dimensions() / 2;
        boolean adjacent = rotation.pairs() == Rotation.Pairs.ADJACENT;
        ParamBlock parameters = rope.parameters();
        Kernel.push(parameters, x);
        Kernel.push(parameters, turned);
        parameters.u32(headDim).u32(pairs).u32(adjacent ? 2 : 1).u32(adjacent ? 1 : pairs);
        rope.grid(x.rows(), x.columns() / headDim, 1);
        rope.launch();
    }

    private MemorySegment frequencies(double[] perPair) {
        MemorySegment known = frequencies.get(perPair);
        if (known == null) {
            known = device.allocate(arena, Math.max(8, 8L * perPair.length));
            device.copyIn(MemorySegment.ofArray(perPair), known, 0);
            frequencies.put(perPair, known);
        }
        return known;
    }
}
