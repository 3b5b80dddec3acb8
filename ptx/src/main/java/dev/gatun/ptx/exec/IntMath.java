package dev.gatun.ptx.exec;

/** Integer functions of one lane whose definition takes more than an operator. */
final class IntMath {
    private IntMath() {}

    static int saturate(long value) {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
    }

    /** {@code bfe}: {@code length} bits from {@code position}; beyond the top come zeros or copies of the sign. */
    static long extract(long value, int position, int length, int width, boolean signed) {
        int from = position & 0xFF;
        int count = length & 0xFF;
        if (count == 0) {
            return 0;
        }
        long clean = width == 64 ? value : signed ? (int) value : value & 0xFFFF_FFFFL;
        long shifted = from > 63 ? (signed ? clean >> 63 : 0) : signed ? clean >> from : clean >>> from;
        if (from >= width) {
            return signed ? clean >> 63 : 0;
        }
        if (count >= 64 || count >= width - from) {
            return shifted;
        }
        return signed ? shifted << (64 - count) >> (64 - count) : shifted & (1L << count) - 1;
    }

    /** {@code bfi}: replaces {@code length} bits of {@code into} from {@code position} on. */
    static long insert(long value, long into, int position, int length, int width) {
        int from = position & 0xFF;
        int count = Math.min(length & 0xFF, width - Math.min(from, width));
        if (count == 0 || from >= width) {
            return into;
        }
        long field = (count >= 64 ? -1L : (1L << count) - 1) << from;
        return (into & ~field) | (value << from & field);
    }

    /** {@code szext}: keeps the low {@code bits} bits and extends them. */
    static int extend(int value, int bits, boolean signed, boolean clamps) {
        int count = clamps ? (Integer.compareUnsigned(bits, 32) > 0 ? 32 : bits) : bits & 31;
        if (count == 0) {
            return 0;
        }
        return count == 32 ? value : signed ? value << (32 - count) >> (32 - count) : value & (1 << count) - 1;
    }

    /** {@code bmsk}: {@code count} ones from {@code position} on. */
    static int mask(int position, int count, boolean clamps) {
        int from = clamps ? (Integer.compareUnsigned(position, 32) > 0 ? 32 : position) : position & 31;
        int ones = clamps ? (Integer.compareUnsigned(count, 32) > 0 ? 32 : count) : count & 31;
        long field = (1L << ones) - 1;
        return from == 32 ? 0 : (int) (field << from);
    }

    /** {@code lop3}: bit {@code 4 a + 2 b + c} of the table for each bit. */
    static int logic(int a, int b, int c, int table) {
        int result = 0;
        for (int row = 0; row < 8; row++) {
            if ((table >>> row & 1) != 0) {
                result |= ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
            }
        }
        return result;
    }

    /** {@code prmt} in its default mode: each nibble of the selector names a byte of {b, a}, its top bit the sign. */
    static int permute(int a, int b, int selector) {
        long bytes = (a & 0xFFFF_FFFFL) | (long) b << 32;
        int result = 0;
        for (int n = 0; n < 4; n++) {
            int choice = selector >>> (4 * n) & 0xF;
            int picked = (int) (bytes >>> (8 * (choice & 7))) & 0xFF;
            if ((choice & 8) != 0) {
                picked = (byte) picked < 0 ? 0xFF : 0;
            }
            result |= picked << (8 * n);
        }
        return result;
    }

    /** The selector of the default mode that does what a named mode does with the low two bits {@code c}. */
    static int selector(String mode, int c) {
        int way = c & 3;
        int[] choices = switch (mode) {
            case "f4e" -> new int[] {0x3210, 0x4321, 0x5432, 0x6543};
            case "b4e" -> new int[] {0x5670, 0x6701, 0x7012, 0x0123};
            case "rc8" -> new int[] {0x0000, 0x1111, 0x2222, 0x3333};
            case "ecl" -> new int[] {0x3210, 0x3211, 0x3222, 0x3333};
            case "ecr" -> new int[] {0x0000, 0x1110, 0x2210, 0x3210};
            case "rc16" -> new int[] {0x1010, 0x3232, 0x1010, 0x3232};
            default -> throw new AssertionError(mode);
        };
        return choices[way];
    }

    static int dot2(int a, int b, int c, boolean signedA, boolean signedB, boolean high) {
        int sum = c;
        int half = high ? 16 : 0;
        for (int n = 0; n < 2; n++) {
            int x = signedA ? (short) (a >> (16 * n)) : a >>> (16 * n) & 0xFFFF;
            int y = signedB ? (byte) (b >> (half + 8 * n)) : b >>> (half + 8 * n) & 0xFF;
            sum += x * y;
        }
        return sum;
    }

    /** {@code bfind}: the position of the most significant bit that differs from the sign, or of the first one; -1 if none. */
    static int find(long value, int width, boolean signed, boolean shiftAmount) {
        long bits = width == 64 ? value : signed ? (int) value : value & 0xFFFF_FFFFL;
        if (signed && bits < 0) {
            bits = ~bits;
        }
        if (bits == 0) {
            return -1;
        }
        int position = 63 - Long.numberOfLeadingZeros(bits);
        return shiftAmount ? width - 1 - position : position;
    }

    /** {@code fns}: the position of the n-th set bit counted from {@code base}, upward for positive n; -1 if none. */
    static int nthSet(int mask, int base, int offset) {
        int start = base & 31;
        if (offset == 0) {
            return (mask >>> start & 1) != 0 ? start : -1;
        }
        int step = offset > 0 ? 1 : -1;
        int left = Math.abs(offset);
        for (int at = start; at >= 0 && at < 32; at += step) {
            if ((mask >>> at & 1) != 0 && --left == 0) {
                return at;
            }
        }
        return -1;
    }
}
