package dev.gatun.kernels.cpu.asm;

import java.util.List;
import java.util.Map;

/** Assembled bytes, which run at any address, and what lies where in them. */
public final class Code {
    private final byte[] bytes;
    private final Map<String, Integer> entries;
    private final List<Place> places;

    /**
     * An instruction, or a label, whose {@code byteSize} is 0.
     *
     * @param offset bytes from the start of the code
     * @param line of the text, from 1; inside a macro the line of its body
     * @param text as it was assembled: after macro arguments were put in
     */
    public record Place(int offset, int byteSize, int line, String text) {}

    Code(byte[] bytes, Map<String, Integer> entries, List<Place> places) {
        this.bytes = bytes;
        this.entries = entries;
        this.places = places;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** Byte offsets of the labels that the text exports with {@code .globl}, in the text's order. */
    public Map<String, Integer> entries() {
        return entries;
    }

    /** Labels and instructions in ascending order. */
    public List<Place> places() {
        return places;
    }
}
