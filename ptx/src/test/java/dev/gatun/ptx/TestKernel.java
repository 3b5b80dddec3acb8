package dev.gatun.ptx;

import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.PtxMachine;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;

/** A kernel {@code k(u64 in, u64 out)} around a body; both point to 32-bit words. */
public final class TestKernel {
    public static final String HEAD = """
            .version 8.4
            .target sm_90a
            .address_size 64
            """;

    private static final String PROLOGUE = """
            .visible .entry k(.param .u64 in, .param .u64 out) {
            .reg .pred %p<8>; .reg .b16 %h<8>; .reg .b32 %r<32>; .reg .f32 %f<32>; .reg .b64 %d<16>; .reg .u32 %t, %l; .reg .u64 %in, %out;
            ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; mov.u32 %t, %tid.x; mov.u32 %l, %laneid;
            """;

    /** The line of the text on which the body begins. */
    public static final int FIRST_LINE = 7;

    private TestKernel() {}

    public static PtxModule module(String body) {
        return module("", body);
    }

    /** A module with declarations (on one line) before the kernel. */
    public static PtxModule module(String declarations, String body) {
        return PtxModule.parse(HEAD + declarations.strip().replace('\n', ' ') + PROLOGUE + body + "\nret;\n}\n");
    }

    public static int[] run(String body, int threads, int[] input, int words) {
        return run(module(body), Dim3.of(1), Dim3.of(threads), input, words, LaunchOptions.DEFAULT);
    }

    public static int[] run(PtxModule module, Dim3 grid, Dim3 block, int[] input, int words, LaunchOptions options) {
        try (PtxMachine machine = new PtxMachine()) {
            long in = machine.allocate(Math.max(4, 4L * input.length));
            long out = machine.allocate(4L * words);
            if (input.length > 0) {
                machine.copyIn(in, MemorySegment.ofArray(input));
            }
            machine.fill(out, (byte) 0, 4L * words);
            MemorySegment parameters = MemorySegment.ofArray(new long[] {in, out});
            machine.launch(module.entry("k"), grid, block, 0, parameters, options);
            int[] result = new int[words];
            machine.copyOut(MemorySegment.ofArray(result), out);
            return result;
        }
    }
}
