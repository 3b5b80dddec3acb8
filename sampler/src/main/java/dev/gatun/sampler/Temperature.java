package dev.gatun.sampler;

/** Flattens or sharpens the law: x / T. */
final class Temperature implements Cut {
    private final double inverse;

    Temperature(double temperature) {
        this.inverse = 1 / temperature;
    }

    @Override
    public void apply(Candidates candidates) {
        candidates.scale(inverse);
    }
}
