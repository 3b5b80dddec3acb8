package dev.gatun.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One layer's key-value cache: two blocks of pages, keys and values apart, each
 *
 * <pre>[page][kvHead][token in page][headDim]</pre>
 *
 * <p>of floats, and of {@link DType#Q8_0} with the codes of a page's head before its scales, so that both can be loaded in
 * long runs and any {@code headDim} has its groups of 32, the last of which may be shorter:
 *
 * <pre>[page][kvHead]: codes [token in page][headDim] s8, scales [token in page][groups] f16</pre>
 *
 * <p>With {@code most} the largest magnitude of a group, {@code scale = f16(most / 127)} and {@code code = rint(x * (127 /
 * most))}, to nearest even, every operation rounded to float32; an element is read as {@code scale * code}, which is exact.
 * Where {@code 127 / most} overflows the codes are 0; a group that holds something not finite, or more than 8.3e6, is read
 * as numbers not finite.
 *
 * <p>A page holds {@link #PAGE_TOKENS} tokens. Which page holds which tokens of which sequence is the runtime's
 * business ({@link Batch} carries the page tables); this type only knows where a row of a page lies.
 *
 * @param type {@link DType#F16} (the default), {@link DType#F32} or {@link DType#Q8_0}
 * @param pages capacity in pages
 * @param kvHeads key-value heads
 * @param headDim elements of one head
 * @param keys storage of the keys, {@link #byteSize} bytes
 * @param values storage of the values, {@link #byteSize} bytes
 */
public record KvLayer(DType type, int pages, int kvHeads, int headDim, MemorySegment keys, MemorySegment values) {

    /** Tokens one page holds. */
    public static final int PAGE_TOKENS = 64;

    private static final int SCALE_BYTES = 2;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    public KvLayer {
        if (!holds(type)) {
            throw new IllegalArgumentException("a kv cache is F16, F32 or Q8_0: type=" + type);
        }
        if (pages < 1 || kvHeads < 1 || headDim < 1) {
            throw new IllegalArgumentException("pages=" + pages + ", kvHeads=" + kvHeads + ", headDim=" + headDim);
        }
    }

    /** Whether a cache can be of {@code type}. */
    public static boolean holds(DType type) {
        return type == DType.F16 || type == DType.F32 || type == DType.Q8_0;
    }

    /** Bytes the keys (or the values) of {@code pages} pages take. */
    public static long byteSize(DType type, int pages, int kvHeads, int headDim) {
        long heads = Math.multiplyExact((long) pages, kvHeads);
        return Math.multiplyExact(heads, headByteSize(type, headDim));
    }

    /** Bytes of one head of one page. */
    private static long headByteSize(DType type, int headDim) {
        return PAGE_TOKENS * (elementByteSize(type) * headDim + groups(type, headDim) * SCALE_BYTES);
    }

    private static long elementByteSize(DType type) {
        return type == DType.Q8_0 ? 1 : type.groupByteSize();
    }

    private static long groups(DType type, int headDim) {
        return type == DType.Q8_0 ? Math.ceilDiv((long) headDim, WeightGroup.SIZE) : 0;
    }

    /** Scales of one head of one token; 0 for floats. */
    public int groups() {
        return (int) groups(type, headDim);
    }

    /** Byte offset of element (or code) {@code [page][kvHead][token][0]}; {@code token} counts within the page. */
    public long byteOffset(int page, int kvHead, int token) {
        return headOffset(page, kvHead) + token * elementByteSize(type) * headDim;
    }

    /** Byte offset of the first scale of {@code [page][kvHead][token]}, of {@link DType#Q8_0} only. */
    public long scaleOffset(int page, int kvHead, int token) {
        long codes = PAGE_TOKENS * elementByteSize(type) * headDim;
        return headOffset(page, kvHead) + codes + token * groups(type, headDim) * SCALE_BYTES;
    }

    /**
     * Reads the row {@code [page][kvHead][token]} of keys or values that lie in the host's memory, as float32.
     *
     * @param storage {@link #keys} or {@link #values}
     * @param row {@link #headDim} elements, overwritten
     */
    public void read(MemorySegment storage, int page, int kvHead, int token, float[] row) {
        long at = byteOffset(page, kvHead, token);
        long scales = scaleOffset(page, kvHead, token);
        for (int d = 0; d < headDim; d++) {
            row[d] = switch (type) {
                case F16 -> Float.float16ToFloat(storage.get(SHORT, at + 2L * d));
                case F32 -> storage.get(FLOAT, at + 4L * d);
                default ->
                    Float.float16ToFloat(storage.get(SHORT, scales + 2L * (d / WeightGroup.SIZE)))
                            * storage.get(ValueLayout.JAVA_BYTE, at + d);
            };
        }
    }

    private long headOffset(int page, int kvHead) {
        return ((long) page * kvHeads + kvHead) * headByteSize(type, headDim);
    }
}
