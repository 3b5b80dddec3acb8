package dev.gatun.sampler;

/**
 * A temperature that follows the law's own entropy: with n survivors of entropy H, T = least + (most - least) (H / ln
 * n)^exponent, where least = max(0, temperature - range) and most = temperature + range (llama.cpp, {@code
 * dynatemp_range}; after kalomaze, 2023).
 *
 * @param range 0 switches it off
 * @param exponent of the normalised entropy
 */
public record DynamicTemperature(double range, double exponent) {
    /** Checks the ranges. */
    public DynamicTemperature {
        Ranges.notNegative("dynatemp_range", range);
        Ranges.notNegative("dynatemp_exponent", exponent);
    }

    boolean isOn() {
        return range > 0;
    }

    Cut cut(double temperature) {
        double least = Math.max(0, temperature - range);
        double most = temperature + range;
        return candidates -> {
            int count = candidates.count();
            if (count > 1) {
                double share = Math.clamp(candidates.entropy() / StrictMath.log(count), 0, 1);
                double actual =
                        least + (most - least) * (exponent == 0 ? 1 : StrictMath.exp(exponent * StrictMath.log(share)));
                if (actual > 0) {
                    candidates.scale(1 / actual);
                } else {
                    candidates.keepBest(1, false);
                }
            }
        };
    }
}
