package dev.gatun.runtime.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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
    private final Job job;

    Generation(Job job) {
        this.job = job;
    }

    /**
     * The next piece of the first answer's text, at least one character and never half of one; empty at the end. Waits for
     * it: where answers are ranked, until all have ended.
     *
     * @throws GenerationException if the request failed
     */
    public Optional<String> next() {
        return next(0);
    }

    /**
     * The next piece of one answer's text, as {@link #next()} for the first.
     *
     * @param answer its number from 0; where answers are ranked, its place
     * @throws GenerationException if the request failed
     */
    public Optional<String> next(int answer) {
        try {
            return Optional.ofNullable(job.outcome().answer(answer).next());
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
     * Waits for the end of all answers.
     *
     * @return why the first one ended
     * @throws GenerationException if the request failed
     */
    public FinishReason await() {
        try {
            Output first = job.outcome().await().getFirst();
            first.throwFailure();
            return first.await();
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            return FinishReason.CANCELLED;
        }
    }

    /**
     * Waits for the end.
     *
     * @return the whole text of the first answer
     * @throws GenerationException if the request failed
     */
    public String text() {
        await();
        return first().text();
    }

    /**
     * The tokens of the first answer so far, without the end-of-sequence token that ended it; where answers are ranked, once
     * all have ended, and none before.
     */
    public int[] tokens() {
        return first().tokens();
    }

    /**
     * Waits for the end.
     *
     * @return the answers in order: of {@code best_of} and of a beam search the best first, otherwise as they were numbered
     * @throws GenerationException if the request failed
     */
    public List<Answer> answers() {
        await();
        try {
            List<Answer> answers = new ArrayList<>();
            for (Output output : job.outcome().await()) {
                answers.add(output.answer());
            }
            return List.copyOf(answers);
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** The log-probabilities of the first answer's tokens so far, if they were asked for. */
    public List<TokenLogprobs> logprobs() {
        return first().logprobs().read();
    }

    /**
     * The log-probabilities of one answer's tokens so far, if they were asked for; where answers are ranked, none.
     *
     * @param from how many of the first to leave out
     */
    public List<TokenLogprobs> logprobs(int answer, int from) {
        return job.outcome().soFar(answer).logprobs().read(from);
    }

    /**
     * Waits for the end of one answer.
     *
     * @param answer its number from 0; where answers are ranked, its place
     * @return why it ended; {@link FinishReason#ERROR} if it failed
     */
    public FinishReason finishReason(int answer) {
        try {
            return job.outcome().answer(answer).await();
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            return FinishReason.CANCELLED;
        }
    }

    /** The log-probabilities of the prompt's tokens from the second on, as far as they are computed, if asked for. */
    public List<TokenLogprobs> promptLogprobs() {
        return job.promptLogprobs().read();
    }

    private Output first() {
        return job.outcome().firstSoFar();
    }

    /** The tokens of the prompt. */
    public int[] prompt() {
        return job.prompt();
    }

    /** Ends the generation with {@link FinishReason#CANCELLED} after the step that is running; does nothing after its end. */
    public void cancel() {
        job.cancel();
    }

    /** What it took; while it runs, so far. */
    public GenerationMetrics metrics() {
        return job.metrics();
    }
}
