package dev.gatun.cli.eval;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.Request;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * A text cut into windows the way llama.cpp's perplexity tool cuts it: {@code context} tokens each, side by side, a rest
 * left out. In each window the tokens of the second half are scored, because they have context enough. Where the model
 * wants a beginning-of-sequence token, it takes the place of each window's first token.
 */
public final class Windows {
    private static final int LEAST_CONTEXT = 4;

    private final int[] tokens;
    private final int context;
    private final int count;
    private final OptionalInt bos;

    /** @param tokens at least {@code count * context} */
    Windows(int[] tokens, int context, int count, OptionalInt bos) {
        this.tokens = tokens;
        this.context = context;
        this.count = count;
        this.bos = bos;
    }

    /** Called for each scored position, in order, on the engine's thread. */
    @FunctionalInterface
    public interface Scored {

        /**
         * One prediction.
         *
         * @param target the token that came
         * @param logits one a vocabulary entry; used again for the next position
         */
        void accept(int target, float[] logits);
    }

    /** Called after each window. */
    @FunctionalInterface
    public interface Listener {
        void finished(int window);
    }

    /**
     * Cuts a text.
     *
     * @param most windows at most; 0 for all
     * @throws InvalidInputException if the text is shorter than two windows
     */
    public static Windows of(Engine engine, String text, int context, int most) {
        if (context < LEAST_CONTEXT || context > engine.info().trainedContext()) {
            throw new InvalidInputException("--ctx is " + context + "; expected " + LEAST_CONTEXT + " to "
                    + engine.info().trainedContext() + ", what the model was trained for.");
        }
        int[] tokens = engine.promptTokens(Request.text(text));
        int[] before = engine.promptTokens(Request.text(""));
        if (tokens.length < 2 * context) {
            throw new InvalidInputException("The text has " + tokens.length + " tokens; expected at least "
                    + 2 * context + ", two windows of --ctx " + context + ".");
        }
        int whole = tokens.length / context;
        return new Windows(
                tokens,
                context,
                most > 0 ? Math.min(most, whole) : whole,
                before.length > 0 ? OptionalInt.of(before[0]) : OptionalInt.empty());
    }

    /** Tokens of a window. */
    public int context() {
        return context;
    }

    /** Number of windows. */
    public int count() {
        return count;
    }

    /** Token {@code index} of the text, windows side by side. */
    int token(int index) {
        return tokens[index];
    }

    /** The token that opens each window, if the model wants one. */
    OptionalInt bos() {
        return bos;
    }

    /** Index of the first position in a window whose prediction counts. */
    public int firstScored() {
        return context / 2;
    }

    /** Predictions that count, in all windows. */
    public int scored() {
        return count * (context - firstScored() - 1);
    }

    /** Runs the model over every window. */
    public void evaluate(Engine engine, Scored scored, Listener listener) {
        for (int window = 0; window < count; window++) {
            int begin = window * context;
            int[] input = Arrays.copyOfRange(tokens, begin, begin + context);
            if (bos.isPresent()) {
                input[0] = bos.getAsInt();
            }
            engine.evaluate(input, firstScored(), (position, logits) -> {
                if (position + 1 < context) {
                    scored.accept(tokens[begin + position + 1], logits);
                }
            });
            listener.finished(window);
        }
    }
}
