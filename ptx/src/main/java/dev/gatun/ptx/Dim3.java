package dev.gatun.ptx;

/** The extent of a grid in blocks, or of a block in threads; x runs fastest. */
public record Dim3(int x, int y, int z) {
    public Dim3 {
        if (x < 1 || y < 1 || z < 1) {
            throw new IllegalArgumentException("an extent must be positive: x=" + x + ", y=" + y + ", z=" + z);
        }
    }

    public static Dim3 of(int x) {
        return new Dim3(x, 1, 1);
    }

    public static Dim3 of(int x, int y) {
        return new Dim3(x, y, 1);
    }

    /** How many elements the extent spans. */
    public long count() {
        return (long) x * y * z;
    }

    /** The coordinates of element {@code index}, in brackets. */
    public String describe(long index) {
        return "(" + index % x + "," + index / x % y + "," + index / ((long) x * y) + ")";
    }

    @Override
    public String toString() {
        return "(" + x + "," + y + "," + z + ")";
    }
}
