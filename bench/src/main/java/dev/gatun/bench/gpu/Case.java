package dev.gatun.bench.gpu;

/** One thing that is measured or checked. */
public interface Case {

    /** What it is, with the shape; unique in its part. */
    String name();

    /**
     * Does it. What throws becomes a failed row.
     *
     * @param budget that is left for the part; a case that measures longer the more time it has stops in time
     */
    Row run(Budget budget);

    /** A case of a name and an action. */
    static Case of(String name, Action action) {
        return new Case() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Row run(Budget budget) {
                return action.run(budget);
            }
        };
    }

    /** What a case does. */
    @FunctionalInterface
    interface Action {
        Row run(Budget budget);
    }
}
