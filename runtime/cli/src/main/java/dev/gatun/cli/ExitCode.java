package dev.gatun.cli;

/** What the process's exit code says. */
public final class ExitCode {
    public static final int OK = 0;
    /** The work failed. */
    public static final int FAILED = 1;
    /** Bad usage or bad input. */
    public static final int USAGE = 2;
    /** The machine lacks what was asked for. */
    public static final int LACKING = 3;
    /** Ended by Ctrl-C, as shells count it: 128 and the signal's number. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
