package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.num.FloatMath;
import dev.gatun.ptx.num.Half;

/** Compares two registers lane by lane; the result is one bit a lane. */
final class Comparison {
    /** How two values relate. */
    enum Relation {
        EQ,
        NE,
        LT,
        LE,
        GT,
        GE
    }

    private final Relation relation;
    private final boolean unordered; // true for NaN: equ, neu, ltu, ...
    private final boolean testsNan; // num, nan
    private final boolean flushes;
    private final PtxType type;
    private final Bank bank;
    private final int a;
    private final int b;

    Comparison(String word, boolean flushes, PtxType type, int a, int b) {
        this.testsNan = word.equals("num") || word.equals("nan");
        boolean isFloat = type.kind() == PtxType.Kind.FLOAT || type.kind() == PtxType.Kind.PACKED;
        this.unordered = word.equals("nan") || (isFloat && word.length() == 3 && word.endsWith("u"));
        this.relation = switch (word) {
            case "eq", "equ", "num", "nan" -> Relation.EQ;
            case "ne", "neu" -> Relation.NE;
            case "lt", "ltu", "lo" -> Relation.LT;
            case "le", "leu", "ls" -> Relation.LE;
            case "gt", "gtu", "hi" -> Relation.GT;
            default -> Relation.GE;
        };
        this.flushes = flushes;
        this.type = type;
        this.bank = Bank.of(type);
        this.a = a;
        this.b = b;
    }

    /** Lanes where the relation holds; for packed halves {@code part} chooses the low (0) or high (1) one. */
    int lanes(Warp warp, int part) {
        return switch (bank) {
            case INT ->
                switch (type.kind()) {
                    case FLOAT, PACKED -> halves(warp.i[a], warp.i[b], 16 * part);
                    default ->
                        type.isSigned() ? ints(warp.i[a], warp.i[b], 0) : ints(warp.i[a], warp.i[b], Integer.MIN_VALUE);
                };
            case FLOAT -> floats(warp.f[a], warp.f[b]);
            case LONG -> longs(warp.l[a], warp.l[b], type.isSigned() ? 0 : Long.MIN_VALUE);
            case DOUBLE -> doubles(warp.d[a], warp.d[b]);
            case PREDICATE -> throw new AssertionError("predicates are not compared");
        };
    }

    /** Unsigned values compare like signed ones with the top bit flipped. */
    private int ints(int[] x, int[] y, int flip) {
        int bits = 0;
        switch (relation) {
            case EQ -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    bits |= x[n] == y[n] ? 1 << n : 0;
                }
            }
            case NE -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    bits |= x[n] != y[n] ? 1 << n : 0;
                }
            }
            case LT -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    bits |= (x[n] ^ flip) < (y[n] ^ flip) ? 1 << n : 0;
                }
            }
            case LE -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    bits |= (x[n] ^ flip) <= (y[n] ^ flip) ? 1 << n : 0;
                }
            }
            case GT -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    bits |= (x[n] ^ flip) > (y[n] ^ flip) ? 1 << n : 0;
                }
            }
            case GE -> {
                for (int n = 0; n < Warp.LANES; n++) {
                    bits |= (x[n] ^ flip) >= (y[n] ^ flip) ? 1 << n : 0;
                }
            }
        }
        return bits;
    }

    private int longs(long[] x, long[] y, long flip) {
        int bits = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            bits |= holds(Long.compare(x[n] ^ flip, y[n] ^ flip)) ? 1 << n : 0;
        }
        return bits;
    }

    private boolean holds(int order) {
        return switch (relation) {
            case EQ -> order == 0;
            case NE -> order != 0;
            case LT -> order < 0;
            case LE -> order <= 0;
            case GT -> order > 0;
            case GE -> order >= 0;
        };
    }

    private int floats(float[] x, float[] y) {
        int bits = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            float left = flushes ? FloatMath.flush(x[n]) : x[n];
            float right = flushes ? FloatMath.flush(y[n]) : y[n];
            bits |= reals(left, right) ? 1 << n : 0;
        }
        return bits;
    }

    private int doubles(double[] x, double[] y) {
        int bits = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            bits |= reals(x[n], y[n]) ? 1 << n : 0;
        }
        return bits;
    }

    private int halves(int[] x, int[] y, int shift) {
        boolean brain = type == PtxType.BF16 || type == PtxType.BF16X2;
        int bits = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            int left = x[n] >>> shift & 0xFFFF;
            int right = y[n] >>> shift & 0xFFFF;
            if (flushes) {
                left = Half.flush(left);
                right = Half.flush(right);
            }
            bits |= reals(Half.toFloat(left, brain), Half.toFloat(right, brain)) ? 1 << n : 0;
        }
        return bits;
    }

    private boolean reals(double x, double y) {
        boolean nan = Double.isNaN(x) || Double.isNaN(y);
        if (testsNan) {
            return nan == unordered;
        }
        if (nan) {
            return unordered;
        }
        return switch (relation) {
            case EQ -> x == y;
            case NE -> x != y;
            case LT -> x < y;
            case LE -> x <= y;
            case GT -> x > y;
            case GE -> x >= y;
        };
    }
}
