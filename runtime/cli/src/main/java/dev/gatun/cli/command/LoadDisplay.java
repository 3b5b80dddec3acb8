package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.pull.ProgressDisplay;
import dev.gatun.runtime.engine.LoadProgress;
import org.jspecify.annotations.Nullable;

/** Shows how far a model's weights are, if that takes long enough to be asked about. */
final class LoadDisplay implements LoadProgress, AutoCloseable {
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final ProgressDisplay display;
    private final long beginNanos;
    private ProgressDisplay.@Nullable Progress progress;

    LoadDisplay(Console console) {
        this(console, System.nanoTime());
    }

    /** @param beginNanos when loading began */
    LoadDisplay(Console console, long beginNanos) {
        this.display = new ProgressDisplay(console);
        this.beginNanos = beginNanos;
    }

    @Override
    public void at(long doneBytes, long totalBytes) {
        ProgressDisplay.Progress shown = progress;
        if (shown == null && doneBytes < totalBytes && System.nanoTime() - beginNanos > PATIENCE_NANOS) {
            shown = display.start("loading weights", doneBytes, totalBytes);
            progress = shown;
        }
        if (shown != null) {
            shown.at(doneBytes);
        }
    }

    @Override
    public void close() {
        ProgressDisplay.Progress shown = progress;
        if (shown != null) {
            shown.close();
        }
    }
}
