package dev.gatun.bench.gpu;

import dev.gatun.runtime.MissingCapabilityException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Runs parts on a stand. Each row is written as soon as it is there, so that whatever ends the process keeps what was done;
 * the next run with the same inputs goes on from there.
 */
public final class Suite {
    private final Stand stand;
    private final ResultFolder folder;
    private final List<Part> known;
    private final Duration perPart;
    private final Consumer<String> progress;
    private final BooleanSupplier stopped;

    /**
     * A suite.
     *
     * @param known all parts, in the order of the table
     * @param perPart most time that a part takes, its running case apart
     * @param progress gets a line for each case
     * @param stopped asked between cases
     */
    public Suite(
            Stand stand,
            ResultFolder folder,
            List<Part> known,
            Duration perPart,
            Consumer<String> progress,
            BooleanSupplier stopped) {
        this.stand = stand;
        this.folder = folder;
        this.known = List.copyOf(known);
        this.perPart = perPart;
        this.progress = progress;
        this.stopped = stopped;
    }

    /** How a run of a part ended. */
    public enum Outcome {
        COMPLETE,
        FAILED,
        OUT_OF_TIME,
        STOPPED
    }

    /**
     * Runs what is left of a part.
     *
     * @param again whether what is there is done again
     */
    public Outcome run(Part part, boolean again) {
        PartResult result = PartResult.empty(part, stand.environment(), fingerprint(part));
        if (!again) {
            folder.read(part.name()).ifPresent(result::takeOver);
        }
        Budget budget = Budget.of(perPart);
        List<Case> cases = part.cases(stand);
        progress.accept(part.letter() + " " + part.name() + ": " + part.title());
        int done = 0;
        for (Case one : cases) {
            done++;
            String where = "  [" + done + "/" + cases.size() + "] " + one.name();
            if (result.rows().containsKey(one.name())) {
                progress.accept(where + ": is there");
                continue;
            }
            if (stopped.getAsBoolean()) {
                return Outcome.STOPPED;
            }
            if (budget.isSpent()) {
                progress.accept("  " + perPart.toSeconds() + " s are over; the next run goes on with " + one.name());
                return Outcome.OUT_OF_TIME;
            }
            long start = System.nanoTime();
            Row row = run(one, budget);
            result.add(row, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
            folder.write(result, known);
            progress.accept(where + ": " + line(row, System.nanoTime() - start));
        }
        folder.write(result.completed(), known);
        return result.failed() ? Outcome.FAILED : Outcome.COMPLETE;
    }

    private Row run(Case one, Budget budget) {
        try {
            return one.run(budget);
        } catch (MissingCapabilityException | UnsupportedOperationException e) {
            return Row.of(one.name(), Status.LACKING, String.valueOf(e.getMessage()));
        } catch (RuntimeException | AssertionError | OutOfMemoryError e) {
            stand.recover();
            return Row.failed(one.name(), e);
        }
    }

    private static String line(Row row, long nanos) {
        StringBuilder line = new StringBuilder(row.status().word());
        int shown = 0;
        for (var figure : row.figures().entrySet()) {
            if (shown++ < 3) {
                line.append(", ")
                        .append(MarkdownTable.number(figure.getValue()))
                        .append(' ')
                        .append(figure.getKey());
            }
        }
        if (!row.note().isEmpty()) {
            line.append(": ").append(row.note());
        }
        return line.append(" (").append(nanos / 1_000_000).append(" ms)").toString();
    }

    /** What rows depend on: the part and its inputs, the stand, the build and the kernels' texts. */
    private String fingerprint(Part part) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((PartResult.SCHEMA + part.name() + stand.environment() + stand.kernelsFingerprint())
                    .getBytes(StandardCharsets.UTF_8));
            for (String input : part.inputs()) {
                digest.update(("\n" + input).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
