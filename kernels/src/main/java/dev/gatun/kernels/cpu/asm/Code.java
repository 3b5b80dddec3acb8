package dev.gatun.kernels.cpu.asm;

import java.util.Map;

/** Assembled bytes, which run at any address, and where the labels lie that the text exports with {@code .globl}. */
public final class Code {
    private final byte[] bytes;
    private final Map<String, Integer> entries;

    Code(byte[] bytes, Map<String, Integer> entries) {
        this.bytes = bytes;
        this.entries = entries;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** Byte offsets of the exported labels. */
    public Map<String, Integer> entries() {
        return entries;
    }
}
