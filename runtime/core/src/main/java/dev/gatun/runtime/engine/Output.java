package dev.gatun.runtime.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a generation has brought forth, handed from the engine's thread to whoever reads it.
 *
 * <p>The engine's side never blocks on a reader and allocates nothing while the text is shorter than expected: both
 * arrays have room for a usual answer from the start and double when it is longer.
 */
final class Output {
    private static final int USUAL_BYTES_PER_TOKEN = 16;

    private final LogprobLog logprobs;
    private byte[] text;
    private int textLength;
    private int[] tokens;
    private int tokenCount;
    private double score = Double.NaN;
    private @Nullable FinishReason finished;
    private @Nullable Throwable failure;
    private int read; // bytes of text that were handed out piece by piece

    Output(int tokenCapacity, LogprobLog logprobs) {
        this.logprobs = logprobs;
        this.tokens = new int[tokenCapacity];
        this.text = new byte[Math.max(64, tokenCapacity * USUAL_BYTES_PER_TOKEN)];
    }

    // ---- the engine's side

    synchronized void token(int id) {
        if (tokenCount == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * tokenCount + 1);
        }
        tokens[tokenCount++] = id;
    }

    /** Adds whole characters in UTF-8. */
    synchronized void append(byte[] source, int offset, int length) {
        if (textLength + length > text.length) {
            text = Arrays.copyOf(text, Math.max(2 * text.length, textLength + length));
        }
        System.arraycopy(source, offset, text, textLength, length);
        textLength += length;
        notifyAll();
    }

    synchronized void score(double value) {
        score = value;
    }

    synchronized void finish(FinishReason reason, @Nullable Throwable cause) {
        if (finished == null) {
            finished = reason;
            failure = cause;
            notifyAll();
        }
    }

    // ---- the reader's side

    /** The text since the last call, at least one character; null at the end. Waits for it. */
    synchronized @Nullable String next() throws InterruptedException {
        while (read == textLength && finished == null) {
            wait();
        }
        if (read == textLength) {
            throwFailure();
            return null;
        }
        String piece = new String(text, read, textLength - read, StandardCharsets.UTF_8);
        read = textLength;
        return piece;
    }

    synchronized FinishReason await() throws InterruptedException {
        while (finished == null) {
            wait();
        }
        return finished;
    }

    synchronized void throwFailure() {
        if (failure != null) {
            throw new GenerationException(String.valueOf(failure.getMessage()), failure);
        }
    }

    synchronized boolean isFinished() {
        return finished != null;
    }

    /** NaN where none was asked for. */
    synchronized double score() {
        return score;
    }

    /** Whether it holds an answer: a search may find fewer than were asked for. */
    synchronized boolean isAnswer() {
        return !Double.isNaN(score);
    }

    LogprobLog logprobs() {
        return logprobs;
    }

    /** What is there at the end. */
    Answer answer() throws InterruptedException {
        FinishReason reason = await();
        synchronized (this) {
            OptionalDouble known = Double.isNaN(score) ? OptionalDouble.empty() : OptionalDouble.of(score);
            List<Integer> ids = Arrays.stream(tokens, 0, tokenCount).boxed().toList();
            return new Answer(text(), ids, reason, known, logprobs.read());
        }
    }

    synchronized String text() {
        return new String(text, 0, textLength, StandardCharsets.UTF_8);
    }

    synchronized int[] tokens() {
        return Arrays.copyOf(tokens, tokenCount);
    }
}
