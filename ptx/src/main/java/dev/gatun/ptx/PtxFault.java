package dev.gatun.ptx;

/** A running kernel did something that stops it: a bad address, a trap, a deadlock, too many steps. */
public final class PtxFault extends PtxException {
    private static final long serialVersionUID = 1;

    /** Why the kernel stopped. */
    public enum Kind {
        ADDRESS,
        MISALIGNED,
        TRAP,
        UNDEFINED,
        DEADLOCK,
        RUNAWAY,
        LAUNCH
    }

    private final Kind kind;
    private final int line;

    /**
     * A fault with its report.
     *
     * @param line of the PTX text, 0 if no single instruction is to blame
     */
    public PtxFault(Kind kind, int line, String message) {
        super(message);
        this.kind = kind;
        this.line = line;
    }

    public Kind kind() {
        return kind;
    }

    public int line() {
        return line;
    }
}
