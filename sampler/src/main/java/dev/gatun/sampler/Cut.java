package dev.gatun.sampler;

/** Shapes the law of the tokens that may still be chosen: rescales it or takes tokens away, never all of them. */
@FunctionalInterface
interface Cut {
    void apply(Candidates candidates);

    /** Hears which token was drawn from the law that all cuts together made. */
    default void chosen(Candidates candidates, int token) {}
}
