package dev.gatun.sampler.beam;

/** What becomes of a continuation that was among a step's best. */
public enum Fate {
    /** It is a running beam of the next step. */
    GOES_ON,
    /** It ended and is among the ended sequences. */
    ENDED,
    /** Others were better, or it ended too far behind to count. */
    DROPPED
}
