package dev.gatun.sampler.constraint;

import java.util.Arrays;

/** A set of code points as ascending, disjoint, inclusive ranges {@code [low, high, low, high, ...]}. Immutable. */
final class CodePointSet {
    static final int LAST = Character.MAX_CODE_POINT;

    static final CodePointSet NONE = new CodePointSet(new int[0]);
    static final CodePointSet ALL = of(0, LAST);

    private final int[] ranges;

    private CodePointSet(int[] ranges) {
        this.ranges = ranges;
    }

    /** Inclusive ranges, in any order; they may overlap. */
    static CodePointSet of(int... bounds) {
        long[] sorted = new long[bounds.length / 2];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = (long) bounds[2 * i] << 32 | bounds[2 * i + 1];
        }
        Arrays.sort(sorted);
        int[] ranges = new int[bounds.length];
        int length = 0;
        for (long range : sorted) {
            int low = (int) (range >>> 32);
            int high = (int) range;
            if (length > 0 && low <= ranges[length - 1] + 1) {
                ranges[length - 1] = Math.max(ranges[length - 1], high);
            } else {
                ranges[length++] = low;
                ranges[length++] = high;
            }
        }
        return new CodePointSet(Arrays.copyOf(ranges, length));
    }

    /** The code points of a text. */
    static CodePointSet ofEach(String text) {
        return of(text.codePoints()
                .flatMap(c -> java.util.stream.IntStream.of(c, c))
                .toArray());
    }

    CodePointSet or(CodePointSet that) {
        int[] both = Arrays.copyOf(ranges, ranges.length + that.ranges.length);
        System.arraycopy(that.ranges, 0, both, ranges.length, that.ranges.length);
        return of(both);
    }

    CodePointSet not() {
        int[] gaps = new int[ranges.length + 2];
        int length = 0;
        int next = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            if (ranges[i] > next) {
                gaps[length++] = next;
                gaps[length++] = ranges[i] - 1;
            }
            next = ranges[i + 1] + 1;
        }
        if (next <= LAST) {
            gaps[length++] = next;
            gaps[length++] = LAST;
        }
        return new CodePointSet(Arrays.copyOf(gaps, length));
    }

    CodePointSet and(CodePointSet that) {
        return not().or(that.not()).not();
    }

    CodePointSet minus(CodePointSet that) {
        return and(that.not());
    }

    boolean isEmpty() {
        return ranges.length == 0;
    }

    boolean contains(int codePoint) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (codePoint >= ranges[i] && codePoint <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    int rangeCount() {
        return ranges.length / 2;
    }

    int low(int range) {
        return ranges[2 * range];
    }

    int high(int range) {
        return ranges[2 * range + 1];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePointSet that && Arrays.equals(ranges, that.ranges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ranges);
    }

    @Override
    public String toString() {
        return Arrays.toString(ranges);
    }
}
