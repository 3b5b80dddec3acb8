package dev.gatun.cli.explain;

import dev.gatun.sampler.beam.Fate;
import dev.gatun.sampler.beam.RankedOffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One continuation in the tree of a search. */
final class SearchNode {
    private final int step;
    private final @Nullable SearchNode parent;
    private final RankedOffer offer;
    private final List<SearchNode> children = new ArrayList<>(); // those that were kept, the best first
    private boolean running; // when the search ended
    private boolean leads; // to an answer
    private int answer; // its number, from 1; 0 for none

    SearchNode(int step, @Nullable SearchNode parent, RankedOffer offer) {
        this.step = step;
        this.parent = parent;
        this.offer = offer;
        if (parent != null && offer.fate() != Fate.DROPPED) {
            parent.children.add(this);
        }
    }

    /** Counted from 0. */
    int step() {
        return step;
    }

    @Nullable
    SearchNode parent() {
        return parent;
    }

    RankedOffer offer() {
        return offer;
    }

    List<SearchNode> children() {
        return children;
    }

    int answer() {
        return answer;
    }

    /** Whether an answer goes through it. */
    boolean leads() {
        return leads;
    }

    void becomeAnswer(int number) {
        answer = number;
        for (SearchNode each = this; each != null; each = each.parent) {
            each.leads = true;
        }
    }

    void keepRunning() {
        running = true;
    }

    /** Its score if it ended here. */
    double score(double lengthPenalty) {
        return offer.sum() / Math.pow(step + 1, lengthPenalty);
    }

    /** Its tokens from the first on. */
    List<Integer> tokens() {
        List<Integer> tokens = new ArrayList<>();
        for (SearchNode each = this; each != null; each = each.parent) {
            tokens.addFirst(each.offer.token());
        }
        return tokens;
    }

    /** What became of it, in a word or two. */
    String fate() {
        return switch (offer.fate()) {
            case DROPPED -> "dropped";
            case ENDED -> answer > 0 ? "ended, answer " + answer : "ended";
            case GOES_ON -> running ? "left running" : children.isEmpty() ? "died" : "lived";
        };
    }
}
