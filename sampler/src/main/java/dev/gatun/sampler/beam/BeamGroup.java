package dev.gatun.sampler.beam;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One search: the beams of a group, the ended sequences it has found, and whether it goes on (Hugging Face transformers
 * 5.23, {@code GenerationMixin._beam_search}).
 *
 * <p>Of each step's continuations the best {@code (1 + ends) * beams} matter. One that ends counts if it is among the best
 * {@code beams}; the best {@code beams} that do not end go on. Where fewer are possible fewer go on, while the original fills
 * up with sequences of score -1e9.
 *
 * <p>Whether the search can still find better is judged by the best sequence that goes on; in one of several groups, as in
 * transformers 4.49 ({@code _group_beam_search}), by the best of all continuations, though it may have ended.
 */
final class BeamGroup {
    private final int beams;
    private final double lengthPenalty;
    private final EarlyStopping earlyStopping;
    private final int mostTokens;
    private final boolean isAlone;
    private final int index;
    private final EndTokens ends;
    private final @Nullable Ending ending;
    private final RankedOffers offers;
    private final EndedSequences ended;
    private final Trellis trellis;
    private final double[] scores; // of the running sequences, descending
    private final double[] nextScores;
    private int selected = 1; // running sequences, unless done; at first the prompt
    private int steps;
    private boolean done;

    /** @param index which of the groups it is */
    BeamGroup(int index, int beams, BeamParams params, int mostTokens, EndTokens ends, @Nullable Ending ending) {
        this.index = index;
        this.beams = beams;
        this.lengthPenalty = params.lengthPenalty();
        this.earlyStopping = params.earlyStopping();
        this.mostTokens = mostTokens;
        this.isAlone = params.numBeamGroups() == 1;
        this.ends = ends;
        this.ending = ending;
        this.offers = new RankedOffers(Math.multiplyExact(1 + Math.max(1, ends.count()), beams));
        this.ended = new EndedSequences(beams);
        this.trellis = new Trellis(beams);
        this.scores = new double[beams];
        this.nextScores = new double[beams];
    }

    /** Sequences that want continuations: none when the search is done. */
    int running() {
        return done ? 0 : selected;
    }

    /** Offers a continuation of a running sequence. */
    void offer(int beam, int token, double score, double logprob) {
        offers.add(scores[beam] + score, beam, token, logprob);
    }

    /** Ends the step: chooses who goes on from what was offered. */
    void advance() {
        boolean last = steps + 1 == mostTokens;
        selected = 0;
        for (int rank = 0; rank < offers.count(); rank++) {
            int token = offers.token(rank);
            boolean ends = hasEnded(offers.beam(rank), token);
            Fate fate = Fate.DROPPED;
            if (!ends && selected < beams) {
                nextScores[selected] = offers.score(rank);
                trellis.set(steps, selected++, offers.beam(rank), token, offers.logprob(rank));
                fate = last ? fate : Fate.GOES_ON;
            }
            if ((ends || last) && rank < beams && end(rank, ends)) {
                fate = Fate.ENDED;
            }
            offers.decide(rank, fate);
        }
        System.arraycopy(nextScores, 0, scores, 0, selected);
        double best = isAlone || offers.count() == 0 ? scores[0] : offers.score(0);
        offers.close();
        steps++;
        done = last || selected == 0 || (ended.isFull() && !canImprove(best));
    }

    private boolean hasEnded(int beam, int token) {
        return ends.contains(token) || (ending != null && ending.ends(index, beam, token));
    }

    private boolean end(int rank, boolean hasEnded) {
        return ended.add(
                scored(offers.score(rank), steps + 1),
                steps,
                offers.beam(rank),
                offers.token(rank),
                offers.logprob(rank),
                hasEnded);
    }

    /** What the step that is over was chosen from, the best first. */
    List<RankedOffer> offers() {
        return offers.read();
    }

    /** The tokens that did not end a sequence and were best: what groups behind this one are to avoid. */
    int selected() {
        return selected;
    }

    private boolean canImprove(double best) {
        int length = earlyStopping == EarlyStopping.NEVER && lengthPenalty > 0 ? mostTokens : steps;
        return earlyStopping != EarlyStopping.TRUE && scored(best, length) > ended.worst();
    }

    private double scored(double sum, int length) {
        return sum / Math.pow(length, lengthPenalty);
    }

    /** Which sequence of the step before a running one continues. */
    int parent(int beam) {
        return trellis.parent(steps - 1, beam);
    }

    /** The newest token of a running sequence. */
    int token(int beam) {
        return trellis.token(steps - 1, beam);
    }

    /** The sum of the scores of a running sequence's tokens. */
    double score(int beam) {
        return scores[beam];
    }

    /** What was found, the best first. */
    List<Hypothesis> best() {
        return ended.best(trellis, index);
    }
}
