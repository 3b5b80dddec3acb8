package dev.gatun.cli.explain;

import dev.gatun.runtime.engine.Choice;
import dev.gatun.runtime.engine.GenerationMetrics;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One generation, as it went.
 *
 * @param model its name
 * @param backend what computed
 * @param prompt the tokens that were computed first
 * @param choices one a token chosen, in order
 * @param text the answer
 * @param finishReason why it ended, in words of the command line
 * @param metrics what it took
 * @param attention what one head looked at, if it was asked for
 * @param pieces what a token spells
 */
public record Story(
        String model,
        String backend,
        List<Piece> prompt,
        List<Choice> choices,
        String text,
        String finishReason,
        GenerationMetrics metrics,
        @Nullable AttentionMap attention,
        IntFunction<Piece> pieces) {

    /** A token with what it spells. */
    Piece piece(int token) {
        return pieces.apply(token);
    }
}
