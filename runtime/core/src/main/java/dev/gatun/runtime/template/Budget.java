package dev.gatun.runtime.template;

/**
 * What one rendering may use: steps, text size and depth. A step is an evaluated node, an element put into a list or
 * mapping, or {@value #CHARS_PER_STEP} characters copied, so that time and memory are bounded together.
 */
final class Budget {
    static final int STEPS = 500_000;
    static final int TEXT_CHARS = 8 << 20;
    static final int CHARS_PER_STEP = 64;

    /** Levels of syntax, of macro calls, and of lists in lists. */
    static final int NESTING = 64;

    /** Nodes under evaluation at once. It bounds the Java stack across macro calls. */
    static final int FRAMES = 640;

    private int steps = STEPS;
    private int frames;
    private int values;

    void step() {
        steps(1);
    }

    void steps(long count) {
        if (count > steps) {
            steps = 0;
            throw new Fault("the template needs more than " + STEPS + " steps");
        }
        steps -= (int) count;
    }

    /** Charges a copy of {@code chars} characters into one text. */
    void text(long chars) {
        if (chars > TEXT_CHARS) {
            throw new Fault("a text of " + chars + " characters exceeds the limit of " + TEXT_CHARS);
        }
        steps(chars / CHARS_PER_STEP);
    }

    void enterFrame() {
        if (++frames > FRAMES) {
            throw new Fault("the template nests too deep: more than " + FRAMES + " nodes under evaluation");
        }
    }

    void leaveFrame() {
        frames--;
    }

    /** Enters a list or mapping while a value is walked (printed, compared, written as JSON). */
    void enterValue() {
        step();
        if (++values > NESTING) {
            throw new Fault("values nest deeper than " + NESTING);
        }
    }

    void leaveValue() {
        values--;
    }
}
