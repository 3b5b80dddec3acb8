package dev.gatun.cli;

import org.jline.utils.Signals;

/** While it is open, Ctrl-C does what was asked for; a second one ends the process at once. */
public final class Interrupts implements AutoCloseable {
    private static final String SIGNAL = "INT";

    private final Object previous;
    private volatile boolean happened;

    /** @param action called on another thread at the first Ctrl-C */
    public Interrupts(Runnable action) {
        this.previous = Signals.register(SIGNAL, () -> {
            if (happened) {
                Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
            }
            happened = true;
            action.run();
        });
    }

    public boolean happened() {
        return happened;
    }

    @Override
    public void close() {
        Signals.unregister(SIGNAL, previous);
    }
}
