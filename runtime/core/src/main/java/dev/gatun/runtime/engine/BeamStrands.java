package dev.gatun.runtime.engine;

import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.cache.PageCopy;
import dev.gatun.sampler.Branch;
import dev.gatun.sampler.Continuations;
import dev.gatun.sampler.beam.BeamSearch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The strand, the branch and the text of every beam of a search, in the search's order: beam {@code b} of group {@code g} is in place
 * {@code g * groupSize + b}.
 *
 * <p>When beams change places nothing moves but numbers. The first continuation of a beam takes its strand over, others fork
 * it, and a beam without a continuation gives its pages back before, so that never more strands hold pages than there are
 * beams.
 */
final class BeamStrands {
    private final BeamSearch search;
    private final Continuations continuations;
    private final PageCopy copy;
    private final Strand[] strands;
    private final Branch[] branches;
    private final @Nullable BeamTexts texts;
    private int[] order; // [place], index of a strand, its branch and its text
    private int[] newOrder;
    private final int[] parents; // [place], the place before the step, or -1
    private final boolean[] inherited; // [place before the step]
    private final int[] spares;
    private boolean began;

    BeamStrands(
            int[] prompt,
            int tokenLimit,
            int beams,
            BeamSearch search,
            Continuations continuations,
            @Nullable BeamTexts texts,
            KvPool pool,
            PageCopy copy) {
        this.search = search;
        this.continuations = continuations;
        this.copy = copy;
        this.strands = new Strand[beams];
        this.branches = new Branch[beams];
        this.texts = texts;
        this.order = new int[beams];
        this.newOrder = new int[beams];
        for (int i = 0; i < beams; i++) {
            strands[i] = new Strand(pool, tokenLimit);
            branches[i] = continuations.begin(prompt, prompt.length);
            order[i] = i;
        }
        strands[0].add(prompt);
        this.parents = new int[beams];
        this.inherited = new boolean[beams];
        this.spares = new int[beams];
    }

    /** The strand of the prompt, before the first step of the search. */
    Strand first() {
        return strands[0];
    }

    Strand strand(int group, int beam) {
        return strands[order[group * search.groupSize() + beam]];
    }

    Branch branch(int group, int beam) {
        return branches[order[group * search.groupSize() + beam]];
    }

    /** Whether a beam that the step began with ends with this token: its text meets a stop string, or its form is complete. */
    boolean ends(int group, int beam, int token) {
        int index = order[began ? group * search.groupSize() + beam : 0];
        return (texts != null && texts.stops(index, token)) || continuations.isComplete(branches[index], token);
    }

    /** Makes every place hold what the search's beam in it is now. The first time all beams continue the prompt. */
    void advance() {
        inherit();
        int spareCount = releaseTheChildless();
        for (int place = 0; place < newOrder.length; place++) {
            if (newOrder[place] < 0) {
                int spare = spares[--spareCount];
                if (parents[place] >= 0) {
                    fork(order[parents[place]], spare);
                }
                newOrder[place] = spare;
            }
        }
        int[] before = order;
        order = newOrder;
        newOrder = before;
        began = true;
        for (int group = 0; group < search.groups(); group++) {
            for (int beam = 0; beam < search.running(group); beam++) {
                strand(group, beam).add(search.token(group, beam));
                continuations.add(branch(group, beam), search.token(group, beam));
                if (texts != null) {
                    texts.add(order[group * search.groupSize() + beam], search.token(group, beam));
                }
            }
        }
    }

    private void inherit() {
        Arrays.fill(inherited, false);
        Arrays.fill(newOrder, -1);
        Arrays.fill(parents, -1);
        for (int group = 0; group < search.groups(); group++) {
            int base = group * search.groupSize();
            for (int beam = 0; beam < search.running(group); beam++) {
                int parent = began ? base + search.parent(group, beam) : 0;
                parents[base + beam] = parent;
                if (!inherited[parent]) {
                    inherited[parent] = true;
                    newOrder[base + beam] = order[parent];
                }
            }
        }
    }

    private int releaseTheChildless() {
        int spareCount = 0;
        for (int place = 0; place < order.length; place++) {
            if (!inherited[place]) {
                strands[order[place]].release();
                spares[spareCount++] = order[place];
            }
        }
        return spareCount;
    }

    private void fork(int parent, int child) {
        strands[child].fork(strands[parent], copy);
        continuations.fork(branches[parent], branches[child]);
        if (texts != null) {
            texts.fork(parent, child);
        }
    }

    void release() {
        for (Strand strand : strands) {
            strand.release();
        }
    }

    /** Pages that all strands hold together. */
    int pages(PageCensus census) {
        census.begin();
        for (Strand strand : strands) {
            census.add(strand.pages());
        }
        return census.count();
    }
}
