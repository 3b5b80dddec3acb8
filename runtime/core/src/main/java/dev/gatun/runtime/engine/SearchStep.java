package dev.gatun.runtime.engine;

import dev.gatun.sampler.beam.RankedOffer;
import java.util.List;

/**
 * One step of a group of beams, explained.
 *
 * @param step counted from 0
 * @param group counted from 0
 * @param offers the step's best continuations, the best first, and what became of them; those that go on are the beams of the
 *     next step, in this order
 */
public record SearchStep(int step, int group, List<RankedOffer> offers) {}
