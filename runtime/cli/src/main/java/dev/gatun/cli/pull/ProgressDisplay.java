package dev.gatun.cli.pull;

import dev.gatun.cli.Console;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far a fetch has come, with rate and time left: a bar on a terminal, a line every tenth, at most one a second, otherwise. */
public final class ProgressDisplay {
    private static final int WIDTH = 78;
    private static final int UPDATE_MILLISECONDS = 200;

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000_000;

    private final Console console;

    public ProgressDisplay(Console console) {
        this.console = console;
    }

    /** Bytes on their way. */
    public interface Progress extends AutoCloseable {

        /** This many bytes are there. */
        void at(long doneBytes);

        /** There is no more to show. */
        @Override
        void close();
    }

    /**
     * Begins to show {@code what}.
     *
     * @param doneBytes bytes that were there before
     */
    public Progress start(String what, long doneBytes, long totalBytes) {
        return console.errIsTerminal() ? new Bar(what, doneBytes, totalBytes) : new Lines(what, doneBytes, totalBytes);
    }

    void note(String line) {
        console.note(line);
    }

    private final class Bar implements Progress {
        private final ProgressBar bar;

        Bar(String what, long doneBytes, long totalBytes) {
            this.bar = ProgressBar.builder()
                    .setTaskName(what)
                    .setInitialMax(totalBytes)
                    .startsFrom(doneBytes, Duration.ZERO)
                    .setUnit(" MB", 1_000_000)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(UPDATE_MILLISECONDS)
                    .setConsumer(new ConsoleProgressBarConsumer(console.err(), WIDTH))
                    .showSpeed()
                    .build();
        }

        @Override
        public void at(long doneBytes) {
            bar.stepTo(doneBytes);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    private final class Lines implements Progress {
        private final String what;
        private final long startBytes;
        private final long totalBytes;
        private final long startNanos = System.nanoTime();
        private long shownTenths;
        private long shownNanos = startNanos;

        Lines(String what, long doneBytes, long totalBytes) {
            this.what = what;
            this.startBytes = doneBytes;
            this.totalBytes = totalBytes;
            this.shownTenths = 10 * doneBytes / totalBytes;
            console.note(what + ": " + (doneBytes == 0 ? "" : "going on at " + megabytes(doneBytes) + " of ")
                    + megabytes(totalBytes));
        }

        @Override
        public void at(long doneBytes) {
            long tenths = 10 * doneBytes / totalBytes;
            long now = System.nanoTime();
            if (tenths > shownTenths && now - shownNanos > SHORTEST_PAUSE_NANOS) {
                shownTenths = tenths;
                shownNanos = now;
                double seconds = (now - startNanos) / 1e9;
                double rate = (doneBytes - startBytes) / seconds;
                console.note(String.format(
                        Locale.ROOT,
                        "%s: %d %%, %.1f MB/s, %.0f s left",
                        what,
                        10 * tenths,
                        rate / 1e6,
                        Math.max(0, totalBytes - doneBytes) / rate));
            }
        }

        @Override
        public void close() {}

        private static String megabytes(long bytes) {
            return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
        }
    }
}
