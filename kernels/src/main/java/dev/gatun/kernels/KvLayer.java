package dev.gatun.kernels;

import java.lang.foreign.MemorySegment;

/**
 * One layer's key-value cache: two blocks of pages, keys and values apart, each
 *
 * <pre>[page][kvHead][token in page][headDim]</pre>
 *
 * <p>A page holds {@link #PAGE_TOKENS} tokens. Which page holds which tokens of which sequence is the runtime's
 * business ({@link Batch} carries the page tables); this type only knows where a row of a page lies.
 *
 * @param type {@link DType#F16} (the default) or {@link DType#F32}
 * @param pages capacity in pages
 * @param kvHeads key-value heads
 * @param headDim elements of one head
 * @param keys storage of the keys, {@link #byteSize} bytes
 * @param values storage of the values, {@link #byteSize} bytes
 */
public record KvLayer(DType type, int pages, int kvHeads, int headDim, MemorySegment keys, MemorySegment values) {

    /** Tokens one page holds. */
    public static final int PAGE_TOKENS = 64;

    public KvLayer {
        if (type != DType.F16 && type != DType.F32) {
            throw new IllegalArgumentException("a kv cache is F16 or F32: type=" + type);
        }
        if (pages < 1 || kvHeads < 1 || headDim < 1) {
            throw new IllegalArgumentException("pages=" + pages + ", kvHeads=" + kvHeads + ", headDim=" + headDim);
        }
    }

    /** Bytes the keys (or the values) of {@code pages} pages take. */
    public static long byteSize(DType type, int pages, int kvHeads, int headDim) {
        long perToken = type.byteSize(Math.multiplyExact(kvHeads, headDim));
        return Math.multiplyExact(Math.multiplyExact(perToken, (long) PAGE_TOKENS), (long) pages);
    }

    /** Element index of {@code [page][kvHead][token][0]}; {@code token} counts within the page. */
    public long elementIndex(int page, int kvHead, int token) {
        return (((long) page * kvHeads + kvHead) * PAGE_TOKENS + token) * headDim;
    }

    /** Byte offset of {@code [page][kvHead][token][0]} in {@link #keys()} and in {@link #values()}. */
    public long byteOffset(int page, int kvHead, int token) {
        return elementIndex(page, kvHead, token) * type.groupByteSize();
    }
}
