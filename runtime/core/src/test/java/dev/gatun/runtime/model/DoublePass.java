package dev.gatun.runtime.model;

import dev.gatun.kernels.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * The forward pass written down once more from the papers, in {@code double}, one token after another, without a batch, a
 * page or a backend.
 *
 * <p>Beside each number it carries the standard deviation that rounding to float32 gives it. Bounds that add up magnitudes
 * grow by the factor {@code sqrt(columns)} with every matrix and say nothing after one layer; so roundings are taken as
 * independent (Higham and Mary 2019, "A new approach to probabilistic rounding error analysis"): a sum of {@code n} terms
 * is wrong by about {@code sqrt(n) u sum |terms|}, and what came in goes through the derivative of each step and adds up
 * in squares. {@link #SIGMAS} deviations are the bound.
 */
final class DoublePass {
    /** Deviations that a float32 pass may be off; there are thousands of logits, and deviations are not quite independent. */
    static final double SIGMAS = 8;

    private static final double U = 0x1p-24;
    private static final double EXP = 0x1p-21; // of a float32 exponential

    /** Numbers and the standard deviation of float32 numbers in their place. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Vec(double[] v, double[] e) {
        static Vec exactly(float[] source, int from, int length) {
            Vec vec = zeros(length);
            for (int i = 0; i < length; i++) {
                vec.v[i] = source[from + i];
            }
            return vec;
        }

        static Vec zeros(int length) {
            return new Vec(new double[length], new double[length]);
        }
    }

    private final TinyModel model;
    private final DType cacheType;
    private final List<List<Vec>> keys = new ArrayList<>(); // [layer][position]
    private final List<List<Vec>> values = new ArrayList<>();

    DoublePass(TinyModel model, DType cacheType) {
        this.model = model;
        this.cacheType = cacheType;
        for (int i = 0; i < model.layers(); i++) {
            keys.add(new ArrayList<>());
            values.add(new ArrayList<>());
        }
    }

    /** Logits after {@code token} at the next position. */
    Vec next(int token) {
        int position = keys.getFirst().size();
        Vec x = Vec.exactly(weight("token_embd.weight"), token * model.width(), model.width());
        for (int i = 0; i < model.layers(); i++) {
            String layer = "blk." + i + ".";
            Vec normed = norm(x, layer + "attn_norm.weight");
            Vec q = rotated(linear(normed, layer + "attn_q"), position);
            keys.get(i).add(stored(rotated(linear(normed, layer + "attn_k"), position)));
            values.get(i).add(stored(linear(normed, layer + "attn_v")));
            x = sum(x, linear(attended(q, keys.get(i), values.get(i)), layer + "attn_output"));
            normed = norm(x, layer + "ffn_norm.weight");
            Vec gated = gated(linear(normed, layer + "ffn_gate"), linear(normed, layer + "ffn_up"));
            x = sum(x, linear(gated, layer + "ffn_down"));
        }
        return linear(norm(x, "output_norm.weight"), model.tied() ? "token_embd" : "output");
    }

    private float[] weight(String name) {
        float[] numbers = model.values().get(name);
        if (numbers == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return numbers;
    }

    /** Relative deviation of a sum of {@code terms} terms with four more roundings on the way. */
    private static double rounding(int terms) {
        return (Math.sqrt(terms) + 4) * U;
    }

    private static double square(double x) {
        return x * x;
    }

    /** x / rms(x) * weight (Zhang and Sennrich 2019). */
    private Vec norm(Vec x, String name) {
        float[] weight = weight(name);
        int n = x.v.length;
        double squares = 0;
        double variance = 0; // of n times the squared root's half
        for (int i = 0; i < n; i++) {
            squares += square(x.v[i]);
            variance += square(x.v[i] * x.e[i]);
        }
        double root = Math.sqrt(squares / n + TinyModel.EPSILON);
        double rootDeviation = Math.sqrt(variance) / (n * root);
        Vec out = Vec.zeros(n);
        for (int i = 0; i < n; i++) {
            out.v[i] = x.v[i] / root * weight[i];
            out.e[i] = Math.sqrt(square(weight[i] / root * x.e[i])
                    + square(out.v[i] * rootDeviation / root)
                    + square(rounding(n) * out.v[i]));
        }
        return out;
    }

    /** weight x + bias, where there is one. */
    private Vec linear(Vec x, String name) {
        float[] weight = weight(name + ".weight");
        float[] bias = model.values().get(name + ".bias");
        int n = x.v.length;
        Vec out = Vec.zeros(weight.length / n);
        for (int r = 0; r < out.v.length; r++) {
            double sum = bias == null ? 0 : bias[r];
            double magnitude = Math.abs(sum);
            double variance = 0;
            for (int c = 0; c < n; c++) {
                double term = weight[r * n + c] * x.v[c];
                sum += term;
                magnitude += Math.abs(term);
                variance += square(weight[r * n + c] * x.e[c]);
            }
            out.v[r] = sum;
            out.e[r] = Math.sqrt(variance + square(rounding(n) * magnitude));
        }
        return out;
    }

    /** Rotary position embedding (Su et al. 2021): neighbours are pairs in llama files, halves in qwen2's. */
    private Vec rotated(Vec x, int position) {
        Vec out = new Vec(x.v.clone(), x.e.clone());
        int half = model.rotated() / 2;
        for (int head = 0; head < x.v.length; head += model.headDim()) {
            for (int i = 0; i < half; i++) {
                int a = head + (model.architecture().equals("llama") ? 2 * i : i);
                int b = model.architecture().equals("llama") ? a + 1 : a + half;
                double angle = position / Math.pow(TinyModel.BASE, 2.0 * i / model.rotated());
                double cos = Math.cos(angle);
                double sin = Math.sin(angle);
                double magnitude = Math.abs(x.v[a]) + Math.abs(x.v[b]);
                out.v[a] = x.v[a] * cos - x.v[b] * sin;
                out.v[b] = x.v[a] * sin + x.v[b] * cos;
                out.e[a] = Math.sqrt(square(x.e[a] * cos) + square(x.e[b] * sin) + square(rounding(1) * magnitude));
                out.e[b] = Math.sqrt(square(x.e[a] * sin) + square(x.e[b] * cos) + square(rounding(1) * magnitude));
            }
        }
        return out;
    }

    private Vec stored(Vec x) {
        if (cacheType == DType.F16) {
            for (int i = 0; i < x.v.length; i++) {
                x.e[i] = Math.sqrt(square(x.e[i]) + square(0x1p-11 * x.v[i] + 0x1p-25)); // half a last place of f16
            }
        }
        return x;
    }

    /**
     * softmax(q k / sqrt(d)) v over all positions so far (Vaswani et al. 2017), heads sharing keys in groups. A score that
     * is off by {@code s} moves the result by {@code p s (v - result)}.
     */
    private Vec attended(Vec q, List<Vec> keys, List<Vec> values) {
        int d = model.headDim();
        int positions = keys.size();
        double scale = 1 / Math.sqrt(d);
        Vec out = Vec.zeros(q.v.length);
        for (int h = 0; h < model.heads(); h++) {
            int kv = h / (model.heads() / model.kvHeads()) * d;
            double[] p = new double[positions];
            double[] deviation = new double[positions];
            double greatest = Double.NEGATIVE_INFINITY;
            for (int t = 0; t < positions; t++) {
                Vec k = keys.get(t);
                double variance = 0;
                double magnitude = 0;
                for (int i = 0; i < d; i++) {
                    double term = q.v[h * d + i] * k.v[kv + i] * scale;
                    p[t] += term;
                    magnitude += Math.abs(term);
                    variance +=
                            square(scale * q.e[h * d + i] * k.v[kv + i]) + square(scale * q.v[h * d + i] * k.e[kv + i]);
                }
                deviation[t] = Math.sqrt(variance + square(rounding(d) * magnitude));
                greatest = Math.max(greatest, p[t]);
            }
            double sum = 0;
            for (int t = 0; t < positions; t++) {
                p[t] = Math.exp(p[t] - greatest);
                sum += p[t];
            }
            for (int i = 0; i < d; i++) {
                mix(p, sum, deviation, values, kv + i, out, h * d + i);
            }
        }
        return out;
    }

    private static void mix(double[] p, double sum, double[] deviation, List<Vec> values, int from, Vec out, int to) {
        double magnitude = 0;
        for (int t = 0; t < p.length; t++) {
            out.v[to] += p[t] / sum * values.get(t).v[from];
            magnitude += p[t] / sum * Math.abs(values.get(t).v[from]);
        }
        double variance = square((2 * EXP + 2 * rounding(p.length)) * magnitude);
        for (int t = 0; t < p.length; t++) {
            Vec v = values.get(t);
            variance += square(p[t] / sum) * (square(deviation[t] * (v.v[from] - out.v[to])) + square(v.e[from]));
        }
        out.e[to] = Math.sqrt(variance);
    }

    /** silu(gate) * up (Shazeer 2020); the slope of silu is at most 1.1. */
    private static Vec gated(Vec gate, Vec up) {
        Vec out = Vec.zeros(gate.v.length);
        for (int i = 0; i < out.v.length; i++) {
            double silu = gate.v[i] / (1 + Math.exp(-gate.v[i]));
            out.v[i] = silu * up.v[i];
            out.e[i] = Math.sqrt(square(1.1 * gate.e[i] * up.v[i])
                    + square(silu * up.e[i])
                    + square((EXP + rounding(1)) * out.v[i]));
        }
        return out;
    }

    private static Vec sum(Vec a, Vec b) {
        Vec out = Vec.zeros(a.v.length);
        for (int i = 0; i < out.v.length; i++) {
            out.v[i] = a.v[i] + b.v[i];
            out.e[i] = Math.sqrt(square(a.e[i]) + square(b.e[i]) + square(U * out.v[i]));
        }
        return out;
    }
}
