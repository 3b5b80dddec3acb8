package dev.gatun.cli;

import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
public final class Units {

    private Units() {}

    /** Such as {@code 98.4 MB}; the unit is chosen by size, powers of 1000. */
    public static String bytes(long bytes) {
        if (bytes >= 1_000_000_000) {
            return decimal(bytes / 1e9, 2) + " GB";
        }
        return bytes >= 100_000 ? decimal(bytes / 1e6, 1) + " MB" : bytes + " bytes";
    }

    public static String milliseconds(double milliseconds) {
        return decimal(milliseconds, milliseconds < 10 ? 2 : 1) + " ms";
    }

    public static String decimal(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** Such as {@code 1 token}, {@code 7 tokens}. */
    public static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
