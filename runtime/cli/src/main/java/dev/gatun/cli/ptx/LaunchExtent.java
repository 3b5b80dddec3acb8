package dev.gatun.cli.ptx;

import dev.gatun.ptx.Dim3;
import dev.gatun.runtime.InvalidInputException;
import java.util.stream.LongStream;

/** Grid and block as a command line spells them: {@code X}, {@code X,Y} or {@code X,Y,Z}. */
public final class LaunchExtent {

    private LaunchExtent() {}

    /**
     * Reads an extent.
     *
     * @throws InvalidInputException naming {@code option} if it is none
     */
    public static Dim3 parse(String option, String text) {
        if (text.matches("\\d{1,10}(,\\d{1,10}){0,2}")) {
            long[] extents = {1, 1, 1};
            String[] parts = text.split(",", -1);
            for (int i = 0; i < parts.length; i++) {
                extents[i] = Long.parseLong(parts[i]);
            }
            if (LongStream.of(extents).allMatch(one -> one > 0 && one <= Integer.MAX_VALUE)) {
                return new Dim3((int) extents[0], (int) extents[1], (int) extents[2]);
            }
        }
        throw new InvalidInputException(
                option + " is '" + text + "'; expected X, X,Y or X,Y,Z, each from 1 to " + Integer.MAX_VALUE + ".");
    }
}
