package dev.gatun.kernels.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.Entry;
import dev.gatun.kernels.device.Grid;
import dev.gatun.kernels.device.ParamBlock;
import java.lang.foreign.Arena;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What every launcher has: an entry, its grid and its parameters, made once and refilled at each launch. */
final class Kernel {
    private final Device device;
    private final Entry entry;
    private final Grid grid;
    private final ParamBlock parameters;

    /** Loads the kernel called {@code name}, to be launched with blocks of {@code threads}. */
    Kernel(Arena arena, Device device, String name, int threads) {
        this.device = device;
        this.entry = device.load(KernelTexts.text(name)).entry(name);
        this.grid = new Grid(threads);
        this.parameters = new ParamBlock(arena, entry);
    }

    /** The parameters, to be pushed anew. */
    ParamBlock parameters() {
        return parameters.clear();
    }

    /** Sets the blocks of the next launch. */
    Grid grid(int x, int y, int z) {
        return grid.blocks(x, y, z);
    }

    void launch() {
        device.launch(entry, grid, parameters);
    }

    /** Pushes where the elements of {@code tensor} begin. */
    static void push(ParamBlock parameters, Tensor tensor) {
        parameters.pointer(tensor.storage(), tensor.offset());
    }

    /** The same, or a null pointer for what the model lacks. */
    static void pushOrNull(ParamBlock parameters, @Nullable Tensor tensor) {
        if (tensor == null) {
            parameters.nullPointer();
        } else {
            push(parameters, tensor);
        }
    }

    /** {@code stem_type}, as the file of a kernel for one type is called. */
    static String name(String stem, DType type) {
        return stem + "_" + type.name().toLowerCase(Locale.ROOT);
    }
}
