package dev.gatun.runtime.token;

import java.util.Arrays;

/** A bracket expression: classes of {@link CharacterClasses}, ranges of code points, or everything outside of them. */
final class CodePointSet {
    private final int classes;
    private final int[] bounds;
    private final boolean negated;

    private CodePointSet(int classes, int[] bounds, boolean negated) {
        this.classes = classes;
        this.bounds = bounds;
        this.negated = negated;
    }

    /** The code points of any of these classes. */
    static CodePointSet of(int classes) {
        return new CodePointSet(classes, new int[0], false);
    }

    /**
     * The code points of any of these classes or ranges.
     *
     * @param ranges a string of pairs of code points, first and last of each range
     */
    static CodePointSet of(int classes, String ranges) {
        int[] points = ranges.codePoints().toArray();
        int[] order = new int[points.length];
        long[] pairs = new long[points.length / 2];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = ((long) points[2 * i] << 32) | points[2 * i + 1];
        }
        Arrays.sort(pairs);
        for (int i = 0; i < pairs.length; i++) {
            order[2 * i] = (int) (pairs[i] >>> 32);
            order[2 * i + 1] = (int) pairs[i];
        }
        return new CodePointSet(classes, order, false);
    }

    /** The code points in none of these classes and none of the characters. */
    static CodePointSet outside(int classes, String characters) {
        StringBuilder ranges = new StringBuilder();
        characters.codePoints().forEach(point -> ranges.appendCodePoint(point).appendCodePoint(point));
        CodePointSet inside = of(classes, ranges.toString());
        return new CodePointSet(classes, inside.bounds, true);
    }

    /** @param ofClasses the classes of {@code point} */
    boolean contains(int point, int ofClasses) {
        return ((ofClasses & classes) != 0 || inRange(point)) != negated;
    }

    private boolean inRange(int point) {
        int low = 0;
        int high = bounds.length / 2 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (point < bounds[2 * middle]) {
                high = middle - 1;
            } else if (point > bounds[2 * middle + 1]) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }
}
