package dev.gatun.cli;

import org.jline.utils.Signals;

/** While it is open, Ctrl-C does what was asked for; a second one ends the process at once. Also for other signals. */
public final class Interrupts implements AutoCloseable {
    private final String signal;
    private final Object previous;
    private volatile boolean happened;

    /** @param action called on another thread at the first Ctrl-C */
    public Interrupts(Runnable action) {
        this("INT", action);
    }

    /**
     * Heeds a signal.
     *
     * @param signal its name without {@code SIG}
     * @param action called on another thread at the first one
     */
    public Interrupts(String signal, Runnable action) {
        this.signal = signal;
        this.previous = Signals.register(signal, () -> {
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
        Signals.unregister(signal, previous);
    }
}
