package dev.gatun.kernels.cpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.cpu.asm.KernelCode;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/** The machine code of the operations around the products, for AVX-512. */
final class AsmRowKernels {
    private final MethodHandle rmsNorm;
    private final MethodHandle ropeAdjacent;
    private final MethodHandle ropeHalves;
    private final MethodHandle appendF16;
    private final MethodHandle appendF32;
    private final MethodHandle swiGlu;
    private final MethodHandle add;
    private final MethodHandle attendPageF16;
    private final MethodHandle attendPageF32;
    private final MethodHandle attendPageQ8;
    private final MethodHandle attendBegin;
    private final MethodHandle attendMerge;
    private final MethodHandle attendFinish;

    /** @param arena owns the code */
    AsmRowKernels(Arena arena) {
        this.rmsNorm = KernelCode.load(arena, "rms_norm").entry("rms_norm");
        KernelCode rope = KernelCode.load(arena, "rope");
        this.ropeAdjacent = rope.entry("rope_adjacent");
        this.ropeHalves = rope.entry("rope_halves");
        KernelCode append = KernelCode.load(arena, "append");
        this.appendF16 = append.entry("append_f16");
        this.appendF32 = append.entry("append_f32");
        this.swiGlu = KernelCode.load(arena, "swiglu").entry("swiglu");
        this.add = KernelCode.load(arena, "add").entry("add_rows");
        KernelCode attend = KernelCode.load(arena, "attend");
        this.attendPageF16 = attend.entry("attend_page_f16");
        this.attendPageF32 = attend.entry("attend_page_f32");
        this.attendPageQ8 = attend.entry("attend_page_q8_0");
        this.attendBegin = attend.entry("attend_begin");
        this.attendMerge = attend.entry("attend_merge");
        this.attendFinish = attend.entry("attend_finish");
    }

    MethodHandle rmsNorm() {
        return rmsNorm;
    }

    MethodHandle ropeAdjacent() {
        return ropeAdjacent;
    }

    MethodHandle ropeHalves() {
        return ropeHalves;
    }

    MethodHandle appendF16() {
        return appendF16;
    }

    MethodHandle appendF32() {
        return appendF32;
    }

    MethodHandle swiGlu() {
        return swiGlu;
    }

    MethodHandle add() {
        return add;
    }

    /** The page of a cache of this type. */
    MethodHandle attendPage(DType type) {
        return switch (type) {
            case F16 -> attendPageF16;
            case F32 -> attendPageF32;
            case Q8_0 -> attendPageQ8;
            default -> throw new IllegalArgumentException("no cache of " + type);
        };
    }

    MethodHandle attendBegin() {
        return attendBegin;
    }

    MethodHandle attendMerge() {
        return attendMerge;
    }

    MethodHandle attendFinish() {
        return attendFinish;
    }
}
