package dev.gatun.sampler;

/**
 * Classifier-free guidance: u + scale (c - u), where c and u are the log-probabilities with the prompt and with a negative
 * prompt (Sanchez et al., "Stay on topic with classifier-free guidance", 2023; Hugging Face, {@code guidance_scale}). Where
 * either forbids a token, c alone counts.
 */
final class Guidance {
    private final double scale;
    private final RowScan scan;
    private final int vocabulary;
    private final float[] saved;
    private final float[] maxima;

    Guidance(double scale, RowScan scan, int vocabulary) {
        this.scale = scale;
        this.scan = scan;
        this.vocabulary = vocabulary;
        this.saved = new float[vocabulary];
        this.maxima = new float[RowScan.blocks(vocabulary)];
    }

    /** Replaces the row; {@link #revert} undoes it. */
    void apply(float[] row, float[] negative) {
        System.arraycopy(row, 0, saved, 0, vocabulary);
        double with = logMass(row);
        double without = logMass(negative);
        if (!Double.isFinite(without)) {
            throw new InvalidLogitsException(
                    Double.isNaN(without)
                            ? InvalidLogitsException.Kind.NAN
                            : InvalidLogitsException.Kind.POSITIVE_INFINITY,
                    "the logits of the negative prompt have no probabilities: log of their mass is " + without);
        }
        if (!Double.isFinite(with)) {
            return; // the row itself is refused next, by name
        }
        for (int token = 0; token < vocabulary; token++) {
            double c = row[token] - with;
            double u = negative[token] - without;
            row[token] = (float) (Double.isInfinite(u) || Double.isInfinite(c) ? c : u + scale * (c - u));
        }
    }

    void revert(float[] row) {
        System.arraycopy(saved, 0, row, 0, vocabulary);
    }

    private double logMass(float[] row) {
        float max = scan.maxima(row, vocabulary, maxima);
        return max + StrictMath.log(scan.mass(row, vocabulary, max, 1));
    }
}
