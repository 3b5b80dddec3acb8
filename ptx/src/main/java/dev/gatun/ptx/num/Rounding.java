package dev.gatun.ptx.num;

/** The rounding modes of PTX. */
public enum Rounding {
    NEAREST_EVEN,
    /** To nearest, ties away from zero ({@code .rna}). */
    NEAREST_AWAY,
    ZERO,
    DOWN,
    UP;

    /** The mode written {@code rn}, {@code rz}, {@code rm}, {@code rp} or {@code rna}; nothing means nearest even. */
    public static Rounding of(String word) {
        return switch (word) {
            case "", "rn", "rni" -> NEAREST_EVEN;
            case "rna" -> NEAREST_AWAY;
            case "rz", "rzi" -> ZERO;
            case "rm", "rmi" -> DOWN;
            case "rp", "rpi" -> UP;
            default -> throw new IllegalArgumentException("unknown rounding mode " + word);
        };
    }

    /** Rounds to an integral value. */
    public double toIntegral(double value) {
        return switch (this) {
            case NEAREST_EVEN -> Math.rint(value);
            case NEAREST_AWAY -> Math.copySign(Math.floor(Math.abs(value) + 0.5), value);
            case ZERO -> Math.copySign(Math.floor(Math.abs(value)), value);
            case DOWN -> Math.floor(value);
            case UP -> Math.ceil(value);
        };
    }
}
