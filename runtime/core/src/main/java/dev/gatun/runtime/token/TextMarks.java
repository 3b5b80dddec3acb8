package dev.gatun.runtime.token;

/** How texts begin and end. */
final class TextMarks {
    private final int begin;
    private final int end;
    private final boolean addsBegin;
    private final boolean addsEnd;
    private final boolean leadingSpace;
    private final int[] endOfGeneration;

    /**
     * @param begin the token that begins a text, or -1
     * @param end the token that ends one, or -1
     * @param addsBegin whether a text gets {@code begin}, which then exists
     * @param addsEnd whether a text gets {@code end}, which then exists
     * @param leadingSpace whether a space is put before a text, and taken off what is decoded
     * @param endOfGeneration all tokens that end what the model says, ascending
     */
    TextMarks(int begin, int end, boolean addsBegin, boolean addsEnd, boolean leadingSpace, int[] endOfGeneration) {
        this.begin = begin;
        this.end = end;
        this.addsBegin = addsBegin;
        this.addsEnd = addsEnd;
        this.leadingSpace = leadingSpace;
        this.endOfGeneration = endOfGeneration;
    }

    int begin() {
        return begin;
    }

    int end() {
        return end;
    }

    boolean addsBegin() {
        return addsBegin;
    }

    boolean addsEnd() {
        return addsEnd;
    }

    boolean leadingSpace() {
        return leadingSpace;
    }

    int[] endOfGeneration() {
        return endOfGeneration.clone();
    }
}
