package dev.gatun.sampler;

/** Shapes the law of the tokens that may still be chosen: rescales it or takes tokens away, never all of them. */
@FunctionalInterface
interface Cut {
    void apply(Candidates candidates);
}
