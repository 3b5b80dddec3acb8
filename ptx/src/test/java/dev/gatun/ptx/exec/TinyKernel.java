package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A few instructions, and what they leave in %r0 to %r3 of every thread.
 *
 * <p>As text: the instructions the kernel is about and {@code | threads}, then the body, then a line for each of %r0, %r1,
 * ... that counts: {@code = word word*count first..last}. Byte n of the memory at %in is n (mod 256), and so is byte n of
 * {@code table} in constant memory and of the parameter {@code blob}; {@code tile} in shared memory, {@code frame} in local
 * memory and the memory at %in are 1024, 64 and 1024 bytes. The parameter {@code maps} holds five tensor maps over the
 * latter, see bulk.txt. {@code pass} is a function that returns its argument plus 1.
 * {@code ! KIND} expects a fault of that kind at the instruction instead.
 */
final class TinyKernel implements FormProgram {
    private static final int[] ASCENDING = new int[256];
    private static final int BLOB_BYTES = 64;
    private static final int MAPS_OFFSET = 128;
    private static final String BEFORE = """
            .version 8.6 .target sm_90a .address_size 64
            .const .align 16 .b8 table[64] = {%s};
            .func (.param .b32 r) pass(.param .b32 a) { .reg .b32 %%x; ld.param::func.b32 %%x, [a]; add.u32 %%x, %%x, 1;
              st.param::func.b32 [r], %%x; ret; }
            .visible .entry k(.param .u64 in, .param .u64 out, .param .align 16 .b8 blob[64],
              .param .align 64 .b8 maps[640]) {
            .reg .pred %%p<8>; .reg .b16 %%h<16>; .reg .b32 %%r<32>; .reg .f32 %%f<16>; .reg .b64 %%d<16>; .reg .f64 %%g<16>;
            .reg .u32 %%t; .reg .u64 %%in, %%out;
            .shared .align 1024 .b8 tile[1024]; .local .align 16 .b8 frame[64];
            ld.param.u64 %%in, [in]; ld.param.u64 %%out, [out]; mov.u32 %%t, %%tid.x; mad.wide.u32 %%out, %%t, 16, %%out;
            mov.u32 %%r0, 0; mov.u32 %%r1, 0; mov.u32 %%r2, 0; mov.u32 %%r3, 0;
            """.formatted(ascending());
    private static final String AFTER = "\nst.global.v4.b32 [%out], {%r0, %r1, %r2, %r3};\nret;\n}\n";

    static {
        for (int n = 0; n < ASCENDING.length; n++) {
            ASCENDING[n] = 0x03020100 + (4 * n & 0xFF) * 0x01010101;
        }
    }

    private static String ascending() {
        StringBuilder bytes = new StringBuilder("0");
        for (int n = 1; n < 64; n++) {
            bytes.append(", ").append(n);
        }
        return bytes.toString();
    }

    private final String name;
    private final List<String> mnemonics;
    private final int threads;
    private final String body;
    private final int[][] expected; // [register][thread]
    private final int[] input;
    private final String fault; // empty for none

    private TinyKernel(
            String name,
            List<String> mnemonics,
            int threads,
            String body,
            int[][] expected,
            int[] input,
            String fault) {
        this.name = name;
        this.mnemonics = mnemonics;
        this.threads = threads;
        this.body = body;
        this.expected = expected;
        this.input = input;
        this.fault = fault;
    }

    /** A kernel of a whole warp about one instruction, with these words at %in. */
    static TinyKernel ofWarp(String mnemonic, String body, int[][] expected, int[] input) {
        return new TinyKernel(mnemonic, List.of(mnemonic), Warp.LANES, body, expected, input, "");
    }

    static TinyKernel of(String text) {
        List<String> lines = text.lines().toList();
        String[] head = lines.get(0).split("\\|", -1);
        StringBuilder body = new StringBuilder();
        List<int[]> expected = new ArrayList<>();
        String fault = "";
        int threads = Integer.parseInt(head[1].strip());
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith("= ")) {
                expected.add(words(line.substring(2)));
            } else if (line.startsWith("! ")) {
                fault = line.substring(2);
            } else if (!line.startsWith("#")) {
                body.append(line).append('\n');
            }
        }
        List<String> mnemonics = List.of(head[0].strip().split(" +", -1));
        return new TinyKernel(
                head[0].strip(), mnemonics, threads, body.toString(), expected.toArray(new int[0][]), ASCENDING, fault);
    }

    private static int[] words(String text) {
        List<Integer> words = new ArrayList<>();
        for (String word : text.strip().split("\\s+", -1)) {
            int times = word.indexOf('*');
            int range = word.indexOf("..");
            if (range >= 0) {
                for (int n = word(word.substring(0, range)); n <= word(word.substring(range + 2)); n++) {
                    words.add(n);
                }
            } else {
                int count = times < 0 ? 1 : Integer.parseInt(word.substring(times + 1));
                for (int n = 0; n < count; n++) {
                    words.add(word(times < 0 ? word : word.substring(0, times)));
                }
            }
        }
        return words.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int word(String text) {
        return text.startsWith("0x")
                ? Integer.parseUnsignedInt(text.substring(2), 16)
                : (int) Long.parseLong(text.toLowerCase(Locale.ROOT));
    }

    /** Tensors of one to five dimensions over the words at {@code in}. */
    private static List<TensorMap> maps(long in) {
        return List.of(
                TensorMap.of(TensorType.UINT32, in, 256).box(8),
                TensorMap.of(TensorType.UINT32, in, 16, 16).box(4, 2),
                TensorMap.of(TensorType.UINT32, in, 8, 4, 8).box(4, 2, 2),
                TensorMap.of(TensorType.UINT32, in, 4, 4, 4, 4).box(4, 2, 1, 2),
                TensorMap.of(TensorType.UINT32, in, 4, 2, 4, 2, 4).box(4, 1, 2, 1, 1));
    }

    @Override
    public boolean isAbout(String mnemonic) {
        return mnemonics.contains(mnemonic);
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void check(LaunchOptions options) {
        try (PtxMachine machine = new PtxMachine()) {
            long in = machine.allocate(4L * input.length);
            long out = machine.allocate(16L * threads);
            machine.copyIn(in, MemorySegment.ofArray(input));
            MemorySegment parameters = MemorySegment.ofArray(new byte[MAPS_OFFSET + 5 * TensorMap.BYTES]);
            parameters.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, in);
            parameters.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, out);
            MemorySegment.copy(MemorySegment.ofArray(ASCENDING), 0, parameters, 16, BLOB_BYTES);
            List<TensorMap> maps = maps(in);
            for (int n = 0; n < maps.size(); n++) {
                MemorySegment map = maps.get(n).encoded();
                MemorySegment.copy(map, 0, parameters, MAPS_OFFSET + (long) n * TensorMap.BYTES, TensorMap.BYTES);
            }
            PtxModule module = PtxModule.parse(BEFORE + body + AFTER);
            PtxEntry entry = module.entry("k");
            if (!fault.isEmpty()) {
                Dim3 block = Dim3.of(threads);
                PtxFault found = assertThrows(
                        PtxFault.class, () -> machine.launch(entry, Dim3.of(1), block, 0, parameters, options));
                assertEquals(fault, found.kind().name());
                return;
            }
            machine.launch(entry, Dim3.of(1), Dim3.of(threads), 0, parameters, options);
            int[] results = new int[4 * threads];
            machine.copyOut(MemorySegment.ofArray(results), out);
            for (int r = 0; r < expected.length; r++) {
                String[] found = new String[threads];
                int register = r;
                Arrays.setAll(found, thread -> Integer.toHexString(results[4 * thread + register]));
                String[] wanted = new String[expected[r].length];
                Arrays.setAll(wanted, thread -> Integer.toHexString(expected[register][thread]));
                assertEquals(Arrays.toString(wanted), Arrays.toString(found), () -> "%r" + register + " of " + name);
            }
        }
    }
}
