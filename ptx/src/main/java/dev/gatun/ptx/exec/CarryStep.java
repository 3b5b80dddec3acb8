package dev.gatun.ptx.exec;

import java.math.BigInteger;

/** Arithmetic with the carry flag: {@code add.cc}, {@code addc}, {@code sub.cc}, {@code subc}, {@code mad.cc}, {@code madc}. */
final class CarryStep extends Step {
    enum Op {
        ADD,
        SUB,
        MAD_LO,
        MAD_HI_SIGNED,
        MAD_HI_UNSIGNED
    }

    private final Op op;
    private final boolean wide;
    private final boolean takes;
    private final boolean sets;
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    CarryStep(Op op, boolean wide, boolean takes, boolean sets, int d, int a, int b, int c) {
        this.op = op;
        this.wide = wide;
        this.takes = takes;
        this.sets = sets;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    private long read(Warp warp, int slot, int lane) {
        return wide ? warp.l[slot][lane] : warp.i[slot][lane] & 0xFFFF_FFFFL;
    }

    @Override
    void run(Warp warp, int mask) {
        int carries = warp.carry;
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) == 0) {
                continue;
            }
            long x = read(warp, a, n);
            long y = read(warp, b, n);
            int carry = takes ? carries >>> n & 1 : 0;
            long addend = y;
            if (op != Op.ADD && op != Op.SUB) {
                addend = read(warp, c, n);
                x = product(x, y);
            }
            long result = op == Op.SUB ? x - y - carry : x + addend + carry;
            boolean out = op == Op.SUB ? borrows(x, y, carry) : overflows(x, addend, carry);
            if (sets) {
                carries = out ? carries | 1 << n : carries & ~(1 << n);
            }
            if (wide) {
                warp.l[d][n] = result;
            } else {
                warp.i[d][n] = (int) result;
            }
        }
        warp.carry = carries;
    }

    private long product(long x, long y) {
        if (wide) {
            return switch (op) {
                case MAD_LO -> x * y;
                case MAD_HI_SIGNED -> Math.multiplyHigh(x, y);
                default -> Math.unsignedMultiplyHigh(x, y);
            };
        }
        return switch (op) {
            case MAD_LO -> x * y & 0xFFFF_FFFFL;
            case MAD_HI_SIGNED -> ((long) (int) x * (int) y) >>> 32 & 0xFFFF_FFFFL;
            default -> (x * y) >>> 32;
        };
    }

    private boolean overflows(long x, long y, int carry) {
        if (!wide) {
            return (x + y + carry) >>> 32 != 0;
        }
        return unsigned(x).add(unsigned(y)).add(BigInteger.valueOf(carry)).bitLength() > 64;
    }

    private boolean borrows(long x, long y, int carry) {
        if (!wide) {
            return x - y - carry < 0;
        }
        return unsigned(x)
                        .subtract(unsigned(y))
                        .subtract(BigInteger.valueOf(carry))
                        .signum()
                < 0;
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
