package dev.gatun.sampler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Laws by the book: every survivor in a sorted list, every probability computed afresh. */
final class NaiveLaw {
    private record Entry(int token, double x) {}

    private final int vocabulary;
    private List<Entry> survivors = new ArrayList<>();

    NaiveLaw(float[] row) {
        vocabulary = row.length;
        for (int token = 0; token < row.length; token++) {
            if (row[token] > Float.NEGATIVE_INFINITY) {
                survivors.add(new Entry(token, row[token]));
            }
        }
        survivors.sort(Comparator.comparingDouble((Entry e) -> -e.x).thenComparingInt(Entry::token));
    }

    NaiveLaw temperature(double temperature) {
        survivors.replaceAll(e -> new Entry(e.token, e.x / temperature));
        return this;
    }

    NaiveLaw topK(int k) {
        if (k > 0) {
            survivors = new ArrayList<>(survivors.subList(0, Math.min(k, survivors.size())));
        }
        return this;
    }

    NaiveLaw minP(double m) {
        double[] p = probabilities();
        var kept = new ArrayList<Entry>();
        for (int i = 0; i < p.length; i++) {
            if (p[i] >= m * p[0]) {
                kept.add(survivors.get(i));
            }
        }
        survivors = kept;
        return this;
    }

    NaiveLaw topP(double p) {
        double[] probabilities = probabilities();
        double above = 0;
        int kept = 0;
        while (kept < probabilities.length && above < p) {
            above += probabilities[kept++];
        }
        survivors = new ArrayList<>(survivors.subList(0, kept));
        return this;
    }

    private double[] probabilities() {
        var p = new double[survivors.size()];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = StrictMath.exp(survivors.get(i).x - survivors.getFirst().x);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    double[] law() {
        var law = new double[vocabulary];
        double[] p = probabilities();
        for (int i = 0; i < p.length; i++) {
            law[survivors.get(i).token] = p[i];
        }
        return law;
    }

    /** The token where the cumulated law, best first, exceeds {@code u}. */
    int draw(double u) {
        double[] p = probabilities();
        double cumulated = 0;
        for (int i = 0; i < p.length; i++) {
            cumulated += p[i];
            if (cumulated > u) {
                return survivors.get(i).token;
            }
        }
        return survivors.getLast().token;
    }
}
