package dev.gatun.kernels.gpu;

/**
 * A kernel's text with one instruction changed.
 *
 * @param line of the instruction
 * @param change what was done
 * @param before the instruction as it was
 * @param after the instruction as it is; empty if it was deleted
 * @param text the whole text
 */
record Mutant(int line, Mutation change, String before, String after, String text) {
    /** What was done, without the line, which moves with every edit of a header. */
    String description() {
        return after.isEmpty() ? change + ": " + before : change + ": " + before + " -> " + after;
    }

    @Override
    public String toString() {
        return "line " + line + ", " + description();
    }
}
