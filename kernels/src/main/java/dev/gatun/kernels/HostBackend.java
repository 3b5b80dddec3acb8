package dev.gatun.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A backend on the processor: its activations and caches are plain native memory, laid out as {@link Tensor} says. */
public interface HostBackend extends Backend {
    /** Bytes: a cache line, and the widest vector. */
    int ALIGNMENT = 64;

    @Override
    default Tensor allocate(Arena arena, DType type, int rows, int columns) {
        Shapes.allocate(rows, columns);
        long byteSize = Math.multiplyExact(type.byteSize(columns), (long) rows);
        return new Tensor(type, rows, columns, arena.allocate(byteSize, ALIGNMENT), 0);
    }

    @Override
    default KvLayer kvLayer(Arena arena, DType type, int pages, int kvHeads, int headDim) {
        long byteSize = KvLayer.byteSize(type, pages, kvHeads, headDim);
        return new KvLayer(
                type,
                pages,
                kvHeads,
                headDim,
                arena.allocate(byteSize, ALIGNMENT),
                arena.allocate(byteSize, ALIGNMENT));
    }

    @Override
    default void upload(MemorySegment source, Tensor target) {
        Shapes.transfer(target, source.byteSize());
        MemorySegment.copy(source, 0, target.storage(), target.offset(), source.byteSize());
    }

    @Override
    default void download(Tensor source, MemorySegment target) {
        Shapes.transfer(source, target.byteSize());
        MemorySegment.copy(source.storage(), source.offset(), target, 0, target.byteSize());
    }

    @Override
    default void copyPage(KvLayer layer, int source, int target) {
        Shapes.copyPage(layer, source, target);
        long byteSize = layer.pageByteSize();
        MemorySegment.copy(layer.keys(), source * byteSize, layer.keys(), target * byteSize, byteSize);
        MemorySegment.copy(layer.values(), source * byteSize, layer.values(), target * byteSize, byteSize);
    }
}
