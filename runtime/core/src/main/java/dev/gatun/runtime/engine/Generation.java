package dev.gatun.runtime.engine;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A running or ended generation: read its text as it comes, cancel it, ask what it took.
 *
 * <p>Any thread may call any method; the text is handed out once, piece by piece, to whoever asks first. A reader that is
 * slow or gone never holds up the engine. When the reading thread is interrupted, the generation is cancelled, the text
 * ends, and the thread's interrupt flag stays set.
 */
public final class Generation implements Iterable<String> {
    private final Sequence sequence;

    Generation(Sequence sequence) {
        this.sequence = sequence;
    }

    /**
     * The next piece of text, at least one character and never half of one; empty at the end. Waits for it.
     *
     * @throws GenerationException if the request failed
     */
    public Optional<String> next() {
        try {
            return Optional.ofNullable(sequence.output().next());
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** The pieces of {@link #next}. */
    @Override
    public Iterator<String> iterator() {
        return new Iterator<>() {
            private @Nullable String ahead;

            @Override
            public boolean hasNext() {
                if (ahead == null) {
                    ahead = Generation.this.next().orElse(null);
                }
                return ahead != null;
            }

            @Override
            public String next() {
                if (!hasNext() || ahead == null) {
                    throw new NoSuchElementException("the text has ended");
                }
                String piece = ahead;
                ahead = null;
                return piece;
            }
        };
    }

    /**
     * Waits for the end.
     *
     * @return why it ended
     * @throws GenerationException if the request failed
     */
    public FinishReason await() {
        try {
            FinishReason reason = sequence.output().await();
            sequence.output().throwFailure();
            return reason;
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            return FinishReason.CANCELLED;
        }
    }

    /**
     * Waits for the end.
     *
     * @return the whole text
     * @throws GenerationException if the request failed
     */
    public String text() {
        await();
        return sequence.output().text();
    }

    /** The tokens so far, without the end-of-sequence token that ended it. */
    public int[] tokens() {
        return sequence.output().tokens();
    }

    /** The tokens of the prompt. */
    public int[] prompt() {
        return sequence.prompt();
    }

    /** Ends the generation with {@link FinishReason#CANCELLED} after the step that is running; does nothing after its end. */
    public void cancel() {
        sequence.cancel();
    }

    /** What it took; while it runs, so far. */
    public GenerationMetrics metrics() {
        return sequence.metrics();
    }
}
