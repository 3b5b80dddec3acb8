package dev.gatun.sampler.beam;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A beam search over the continuations of one prompt: which beams go on with which token, what has ended, when to stop.
 *
 * <p>A step: for each group in order, {@link #offer} the continuations of each of its {@link #running} beams, then {@link
 * #advance} the group. At first a group has one running beam, the prompt. Of a beam the best {@link #candidates} suffice.
 * When it {@linkplain #isDone() is done}, {@link #best} are the sequences.
 *
 * <p>Semantics are those of Hugging Face transformers; with several groups those of its diverse beam search (Vijayakumar et
 * al. 2016), in which each group is a search of its own. Allocates nothing per step but where the record of steps grows. Not
 * for use by several threads at once.
 */
public final class BeamSearch {
    private final BeamParams params;
    private final BeamGroup[] groups;
    private final int groupSize;
    private final int candidates;
    private final int[] chosen; // by the groups before, in this step
    private int chosenCount;

    /**
     * A search that has not begun.
     *
     * @param params how to search
     * @param mostTokens the most tokens to generate, at least 1
     * @param ends the tokens that end a sequence
     */
    public BeamSearch(BeamParams params, int mostTokens, Collection<Integer> ends) {
        this(params, mostTokens, ends, null);
    }

    /**
     * A search that has not begun.
     *
     * @param params how to search
     * @param mostTokens the most tokens to generate, at least 1
     * @param ends the tokens that end a sequence
     * @param ending what else ends one, if anything: any number of a beam's continuations may end, so that more of them matter
     */
    public BeamSearch(BeamParams params, int mostTokens, Collection<Integer> ends, @Nullable Ending ending) {
        if (mostTokens < 1) {
            throw new IllegalArgumentException("mostTokens=" + mostTokens + " is below 1");
        }
        this.params = params.checked();
        this.groupSize = params.numBeams() / params.numBeamGroups();
        EndTokens endTokens = new EndTokens(ends);
        this.candidates = ending == null
                ? groupSize + endTokens.count()
                : Math.multiplyExact(groupSize, 1 + Math.max(1, endTokens.count()));
        this.groups = new BeamGroup[params.numBeamGroups()];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = new BeamGroup(i, groupSize, params, mostTokens, endTokens, ending);
        }
        this.chosen = new int[params.numBeams()];
    }

    public int groups() {
        return groups.length;
    }

    /** The most beams of a group. */
    public int groupSize() {
        return groupSize;
    }

    /** How many of a beam's best continuations can matter. */
    public int candidates() {
        return candidates;
    }

    /** Beams of a group that want continuations: none when the group is done. */
    public int running(int group) {
        return groups[group].running();
    }

    /**
     * Offers a continuation.
     *
     * @param beam a running beam of the group
     * @param score the token's log-probability after all edits, above minus infinity
     */
    public void offer(int group, int beam, int token, double score) {
        offer(group, beam, token, score, score);
    }

    /**
     * Offers a continuation.
     *
     * @param beam a running beam of the group
     * @param score the token's log-probability after all edits, above minus infinity
     * @param logprob what to report as its log-probability
     */
    public void offer(int group, int beam, int token, double score, double logprob) {
        groups[group].offer(beam, token, score, logprob);
    }

    /**
     * What a group's newest step was chosen from, the best first, and what became of it; empty once the group's next step has
     * begun. For people: allocates.
     */
    public List<RankedOffer> offers(int group) {
        return groups[group].offers();
    }

    /** Ends a group's step. */
    public void advance(int group) {
        if (group == 0) {
            chosenCount = 0;
        }
        if (groups[group].running() > 0) {
            groups[group].advance();
            for (int beam = 0; beam < groups[group].selected(); beam++) {
                chosen[chosenCount++] = token(group, beam);
            }
        }
    }

    /** What the groups that have advanced in this step chose: the first {@link #chosenCount} entries. */
    public int[] chosen() {
        return chosen;
    }

    /** How many tokens were chosen so far in this step. */
    public int chosenCount() {
        return chosenCount;
    }

    /** Which beam of the group, before the step, a running beam continues. */
    public int parent(int group, int beam) {
        return groups[group].parent(beam);
    }

    /** The newest token of a running beam. */
    public int token(int group, int beam) {
        return groups[group].token(beam);
    }

    /** The sum of the scores of a running beam's tokens. */
    public double score(int group, int beam) {
        return groups[group].score(beam);
    }

    /** Whether no group goes on. */
    public boolean isDone() {
        for (BeamGroup group : groups) {
            if (group.running() > 0) {
                return false;
            }
        }
        return true;
    }

    /** The best sequences that have ended, at most {@code num_return_sequences}; among equals an earlier group's first. */
    public List<Hypothesis> best() {
        return Stream.of(groups)
                .flatMap(group -> group.best().stream())
                .sorted(Comparator.comparingDouble(Hypothesis::score).reversed())
                .limit(params.numReturnSequences())
                .toList();
    }
}
