package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.Units;
import dev.gatun.cli.eval.Windows;

/** Says how far an evaluation is, at most once in some seconds. */
final class EvalProgress {
    private static final long PAUSE_NANOS = 5_000_000_000L;

    private final Console console;
    private final Windows windows;
    private final long begin = System.nanoTime();
    private long shown = begin;

    EvalProgress(Console console, Windows windows) {
        this.console = console;
        this.windows = windows;
    }

    void finished(int window, String standing) {
        long now = System.nanoTime();
        int done = window + 1;
        if (now - shown > PAUSE_NANOS && done < windows.count()) {
            shown = now;
            double seconds = (now - begin) / 1e9;
            console.note("chunk " + done + " of " + windows.count() + ": " + standing + ", "
                    + Units.decimal(done * windows.context() / seconds, 1) + " tokens/s, "
                    + Units.decimal(seconds / done * (windows.count() - done), 0) + " s left");
        }
    }
}
