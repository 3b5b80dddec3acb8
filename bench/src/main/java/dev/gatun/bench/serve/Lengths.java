package dev.gatun.bench.serve;

import dev.gatun.runtime.InvalidInputException;
import java.util.Random;

/**
 * A law of lengths: each whole number from {@code least} to {@code most} is as likely.
 *
 * @param least at least 1
 * @param most at least {@code least}
 */
public record Lengths(int least, int most) {

    /** @throws InvalidInputException if no length is in it */
    public Lengths {
        if (least < 1 || most < least) {
            throw new InvalidInputException(
                    "A length of " + least + ".." + most + " is none; give N or N..M with 1 <= N <= M.");
        }
    }

    /** Reads {@code 128} or {@code 16..256}. */
    public static Lengths parse(String text) {
        String[] ends = text.split("\\.\\.", 2);
        try {
            int least = Integer.parseInt(ends[0].trim());
            return new Lengths(least, ends.length == 2 ? Integer.parseInt(ends[1].trim()) : least);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    "The length \"" + text + "\" is no number and no range; give N or N..M.", e);
        }
    }

    int draw(Random random) {
        return random.nextInt(least, most + 1);
    }

    @Override
    public String toString() {
        return least == most ? Integer.toString(least) : least + ".." + most;
    }
}
