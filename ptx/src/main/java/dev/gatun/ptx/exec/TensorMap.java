package dev.gatun.ptx.exec;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;

/**
 * A tensor in global memory and the boxes in which it is copied: the fields of {@code cuTensorMapEncodeTiled}, interleave
 * none.
 *
 * <p>Dimensions go from the innermost outwards. The machine has an encoding of its own, as the driver's is secret: a map for
 * hardware is made by the driver from the same fields.
 *
 * <pre>{@code
 * TensorMap map = TensorMap.of(TensorType.BFLOAT16, address, columns, rows).box(64, 128).swizzled(Swizzle.BYTES_128);
 * MemorySegment parameters = Parameters.of(entry, map, out);
 * }</pre>
 */
public final class TensorMap {
    /** The size of a map in the device's memory. */
    public static final int BYTES = 128;

    /** What its address must be a multiple of. */
    public static final int ALIGNMENT = 64;

    /** What elements outside the tensor read as. */
    public enum Fill {
        ZERO,
        /** A NaN, for floating elements only. */
        NAN
    }

    private static final int MOST_DIMENSIONS = 5;
    private static final int LARGEST_BOX = 256;
    private static final int LARGEST_ELEMENT_STRIDE = 8;
    private static final int UNIT_BYTES = 16;
    private static final long LARGEST_DIMENSION = 1L << 32;
    private static final long LARGEST_STRIDE = 1L << 40;

    private final TensorType type;
    private final long address;
    private final long[] dimensions;
    private final long[] strides; // bytes, of dimensions 1 and up
    private final int[] box;
    private final int[] elementStrides;
    private final Swizzle swizzle;
    private final Fill fill;

    TensorMap(
            TensorType type,
            long address,
            long[] dimensions,
            long[] strides,
            int[] box,
            int[] elementStrides,
            Swizzle swizzle,
            Fill fill) {
        this.type = type;
        this.address = address;
        this.dimensions = dimensions;
        this.strides = strides;
        this.box = box;
        this.elementStrides = elementStrides;
        this.swizzle = swizzle;
        this.fill = fill;
    }

    /**
     * A dense tensor, copied in boxes of one element until {@link #box} says otherwise.
     *
     * @param address    of the first element, a multiple of 16
     * @param dimensions elements in each of one to five directions, innermost first
     */
    public static TensorMap of(TensorType type, long address, long... dimensions) {
        if (dimensions.length < 1 || dimensions.length > MOST_DIMENSIONS) {
            throw new IllegalArgumentException("a tensor map has 1 to 5 dimensions, not " + dimensions.length);
        }
        long[] strides = new long[dimensions.length - 1];
        long stride = type.byteSize();
        for (int d = 0; d < strides.length; d++) {
            stride *= dimensions[d];
            strides[d] = stride;
        }
        int[] ones = new int[dimensions.length];
        Arrays.fill(ones, 1);
        return new TensorMap(type, address, dimensions.clone(), strides, ones, ones.clone(), Swizzle.NONE, Fill.ZERO);
    }

    /** With these distances in bytes between elements of dimension 1, 2, ...; multiples of 16 below 2^40. */
    public TensorMap strides(long... bytes) {
        requireCount("strides", bytes.length, rank() - 1);
        return new TensorMap(type, address, dimensions, bytes.clone(), box, elementStrides, swizzle, fill);
    }

    /** Copied in boxes of this many elements, 1 to 256 in each direction, the innermost a multiple of 16 bytes. */
    public TensorMap box(int... elements) {
        requireCount("box extents", elements.length, rank());
        return new TensorMap(type, address, dimensions, strides, elements.clone(), elementStrides, swizzle, fill);
    }

    /** Taking every n-th element within a box, 1 to 8 in each direction; the innermost must be 1. */
    public TensorMap elementStrides(int... steps) {
        requireCount("element strides", steps.length, rank());
        return new TensorMap(type, address, dimensions, strides, box, steps.clone(), swizzle, fill);
    }

    public TensorMap swizzled(Swizzle newSwizzle) {
        return new TensorMap(type, address, dimensions, strides, box, elementStrides, newSwizzle, fill);
    }

    public TensorMap filled(Fill newFill) {
        return new TensorMap(type, address, dimensions, strides, box, elementStrides, swizzle, newFill);
    }

    private static void requireCount(String what, int count, int wanted) {
        if (count != wanted) {
            throw new IllegalArgumentException("the tensor map needs " + wanted + " " + what + ", not " + count);
        }
    }

    private static void require(boolean holds, String rule, Object found) {
        if (!holds) {
            throw new IllegalArgumentException("a tensor map needs " + rule + "; it is " + found);
        }
    }

    /** Checks the driver's rules, which {@link #encoded} does too. */
    void validate() {
        require(address > 0 && address % UNIT_BYTES == 0, "an address that is a multiple of 16", hex(address));
        for (int d = 0; d < rank(); d++) {
            String where = " in dimension " + d;
            require(
                    dimensions[d] >= 1 && dimensions[d] <= LARGEST_DIMENSION,
                    "1 to 2^32 elements" + where,
                    dimensions[d]);
            require(box[d] >= 1 && box[d] <= LARGEST_BOX, "a box of 1 to 256 elements" + where, box[d]);
            require(
                    elementStrides[d] >= 1 && elementStrides[d] <= LARGEST_ELEMENT_STRIDE,
                    "an element stride of 1 to 8" + where,
                    elementStrides[d]);
        }
        require(elementStrides[0] == 1, "an element stride of 1 in the innermost dimension", elementStrides[0]);
        for (int d = 1; d < rank(); d++) {
            long stride = strides[d - 1];
            require(
                    stride % UNIT_BYTES == 0 && stride >= 0 && stride < LARGEST_STRIDE,
                    "a stride that is a multiple of 16 bytes below 2^40 in dimension " + d,
                    stride);
        }
        require(
                rowBytes() % UNIT_BYTES == 0,
                "a box whose innermost extent is a multiple of 16 bytes",
                box[0] + " elements of " + type.byteSize() + " bytes");
        if (swizzle != Swizzle.NONE) {
            require(
                    rowBytes() == swizzle.spanBytes(),
                    "a box of " + swizzle.spanBytes() + " bytes in the innermost dimension for " + swizzle
                            + " (the hardware takes fewer and leaves gaps, which is not modelled)",
                    rowBytes() + " bytes");
        }
        require(fill == Fill.ZERO || type.isFloating(), "floating elements for a fill of NaN", type);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    /**
     * The map as the machine's device memory or a kernel's parameter holds it, 128 bytes.
     *
     * @throws IllegalArgumentException if the driver would refuse the map, with the rule
     */
    public MemorySegment encoded() {
        validate();
        return MemorySegment.ofArray(TensorMapCode.encode(this));
    }

    public TensorType type() {
        return type;
    }

    /** How many dimensions the tensor has. */
    public int rank() {
        return dimensions.length;
    }

    /** Where the first element lies. */
    public long address() {
        return address;
    }

    /** Elements in a direction, 0 the innermost. */
    public long dimension(int index) {
        return dimensions[index];
    }

    /** The distance in bytes between neighbours in a direction. */
    public long strideBytes(int index) {
        return index == 0 ? type.byteSize() : strides[index - 1];
    }

    /** The elements that a box spans in a direction. */
    public int boxExtent(int index) {
        return box[index];
    }

    public int elementStride(int index) {
        return elementStrides[index];
    }

    public Swizzle swizzle() {
        return swizzle;
    }

    public Fill fill() {
        return fill;
    }

    /** The elements of a box that are copied in each direction. */
    int[] boxCounts() {
        int[] counts = new int[rank()];
        Arrays.setAll(counts, d -> (box[d] + elementStrides[d] - 1) / elementStrides[d]);
        return counts;
    }

    int rowBytes() {
        return box[0] * type.byteSize();
    }

    /** What a box takes of shared memory, and what its copy counts at a memory barrier. */
    public int boxBytes() {
        int bytes = type.byteSize();
        for (int count : boxCounts()) {
            bytes = Math.multiplyExact(bytes, count);
        }
        return bytes;
    }

    /** Fills a box as if all of it lay outside the tensor. */
    void fill(byte[] data) {
        if (fill == Fill.NAN) {
            for (int at = 0; at < data.length; at++) {
                data[at] = (byte) (type.nanBits() >>> (8 * (at % type.byteSize())));
            }
        }
    }

    @Override
    public String toString() {
        return "the tensor map of " + Arrays.toString(dimensions) + " "
                + type.name().toLowerCase(Locale.ROOT) + " at " + hex(address) + " in boxes of " + Arrays.toString(box);
    }
}
