package dev.gatun.ptx.assembler;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an assembled kernel takes.
 *
 * @param registers   of a thread
 * @param sharedBytes declared in the text, of a block
 * @param stackBytes  of a thread
 * @param spillBytes  stored and loaded, of a thread
 */
record Figures(int registers, int sharedBytes, int stackBytes, int spillBytes) {
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
    private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");
    private static final Pattern STACK =
            Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");

    /** Of a text that is not for the target. */
    static final Figures ABSENT = new Figures(0, 0, 0, 0);

    /** Reads what {@code ptxas -v} prints of a text with one kernel. */
    static Figures parse(String report) {
        Matcher registers = REGISTERS.matcher(report);
        Matcher stack = STACK.matcher(report);
        Matcher shared = SHARED.matcher(report);
        if (!registers.find() || !stack.find()) {
            throw new AssertionError(report);
        }
        return new Figures(
                Integer.parseInt(registers.group(1)),
                shared.find() ? Integer.parseInt(shared.group(1)) : 0,
                Integer.parseInt(stack.group(1)),
                Integer.parseInt(stack.group(2)) + Integer.parseInt(stack.group(3)));
    }

    /** Reads a cell of the table. */
    static Figures parseCell(String cell) {
        if (cell.equals("-")) {
            return ABSENT;
        }
        Matcher numbers = Pattern.compile("(\\d+)/(\\d+)/(\\d+)/(\\d+)").matcher(cell);
        if (!numbers.matches()) {
            throw new AssertionError("not registers/shared/stack/spills: '" + cell + "'");
        }
        return new Figures(
                Integer.parseInt(numbers.group(1)),
                Integer.parseInt(numbers.group(2)),
                Integer.parseInt(numbers.group(3)),
                Integer.parseInt(numbers.group(4)));
    }

    String cell() {
        return equals(ABSENT) ? "-" : registers + "/" + sharedBytes + "/" + stackBytes + "/" + spillBytes;
    }
}
