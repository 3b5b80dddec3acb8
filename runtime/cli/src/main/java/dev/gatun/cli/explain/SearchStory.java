package dev.gatun.cli.explain;

import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.GenerationMetrics;
import dev.gatun.runtime.engine.SearchStep;
import dev.gatun.sampler.beam.BeamParams;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One beam search, as it went.
 *
 * @param model its name
 * @param backend what computed
 * @param prompt the tokens that were computed first
 * @param params how it searched
 * @param steps in order; of each step a group after another
 * @param answers what it found, the best first
 * @param metrics what it took
 * @param attention what one head looked at in the best answer, if it was asked for
 * @param pieces what a token spells
 */
public record SearchStory(
        String model,
        String backend,
        List<Piece> prompt,
        BeamParams params,
        List<SearchStep> steps,
        List<Answer> answers,
        GenerationMetrics metrics,
        @Nullable AttentionMap attention,
        IntFunction<Piece> pieces) {

    /** A token with what it spells. */
    Piece piece(int token) {
        return pieces.apply(token);
    }

    /** How the search was asked for, in the names of the options. */
    String options() {
        String groups = params.numBeamGroups() == 1
                ? ""
                : ", num_beam_groups " + params.numBeamGroups() + ", diversity_penalty " + params.diversityPenalty();
        return "num_beams " + params.numBeams() + ", length_penalty " + params.lengthPenalty() + ", early_stopping "
                + params.earlyStopping() + groups;
    }
}
