package dev.gatun.bench.golden;

import java.util.function.IntFunction;

/**
 * One instruction as a kernel: a warp a block, each lane with its own input words in {@code %i0...} and output words in
 * {@code %o0...}.
 *
 * @param name as the tile's file is called
 * @param capability the oldest GPU that has the instruction: 80 for 8.0
 * @param version of the ISA that it needs
 * @param inputs words of a lane
 * @param outputs words of a lane
 * @param body the instruction, with what declarations it needs
 * @param agreement of two devices
 * @param numbers input words by block, in the order of lanes
 */
public record TileProgram(
        String name,
        int capability,
        String version,
        int inputs,
        int outputs,
        String body,
        Agreement agreement,
        IntFunction<int[]> numbers) {
    public static final int LANES = 32;
    public static final int BLOCKS = 4;

    static final String ENTRY = "tile";

    /** The kernel's text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(".version ").append(version).append("\n.target sm_").append(capability);
        text.append("\n.address_size 64\n\n.visible .entry ").append(ENTRY);
        text.append("(.param .u64 in, .param .u64 out)\n    .maxntid 32, 1, 1\n{\n");
        text.append("    .reg .b32 %i<")
                .append(inputs)
                .append(">, %o<")
                .append(outputs)
                .append(">, %lane, %block;\n");
        text.append("    .reg .b64 %in, %out, %at;\n");
        text.append("    ld.param.u64 %in, [in];\n    ld.param.u64 %out, [out];\n");
        text.append("    mov.u32 %lane, %tid.x;\n    mov.u32 %block, %ctaid.x;\n");
        text.append("    mad.lo.u32 %block, %block, 32, %lane;\n");
        place(text, "%in", inputs);
        for (int i = 0; i < inputs; i++) {
            text.append("    ld.global.b32 %i")
                    .append(i)
                    .append(", [%in + ")
                    .append(4 * i)
                    .append("];\n");
        }
        body.lines().forEach(line -> text.append("    ").append(line).append('\n'));
        place(text, "%out", outputs);
        for (int i = 0; i < outputs; i++) {
            text.append("    st.global.b32 [%out + ")
                    .append(4 * i)
                    .append("], %o")
                    .append(i)
                    .append(";\n");
        }
        return text.append("    ret;\n}\n").toString();
    }

    private static void place(StringBuilder text, String base, int words) {
        text.append("    mul.wide.u32 %at, %block, ").append(4 * words).append(";\n");
        text.append("    add.u64 ").append(base).append(", ").append(base).append(", %at;\n");
    }

    /** The inputs of all blocks: {@code [BLOCKS][LANES][inputs]}. */
    public int[] allInputs() {
        int[] all = new int[BLOCKS * LANES * inputs];
        for (int block = 0; block < BLOCKS; block++) {
            int[] words = numbers.apply(block);
            if (words.length != LANES * inputs) {
                throw new IllegalStateException(name + " has " + words.length + " input words in block " + block);
            }
            System.arraycopy(words, 0, all, block * words.length, words.length);
        }
        return all;
    }
}
