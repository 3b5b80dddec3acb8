package dev.gatun.sampler.beam;

import java.util.List;
import java.util.Random;

/** A language model small enough to enumerate: the law of the next token is a hash of the sequence so far. */
record TinyLaw(long seed, int vocabulary, double spread) {

    /** The log-probabilities of the next token. */
    double[] logprobs(List<Integer> sequence) {
        Random random = new Random(seed * 31 + sequence.hashCode());
        double[] logits = new double[vocabulary];
        double mass = 0;
        for (int i = 0; i < vocabulary; i++) {
            logits[i] = random.nextGaussian() * spread;
            mass += Math.exp(logits[i]);
        }
        for (int i = 0; i < vocabulary; i++) {
            logits[i] -= Math.log(mass);
        }
        return logits;
    }

    /** The sum of the log-probabilities of a whole sequence. */
    double sum(List<Integer> sequence) {
        double sum = 0;
        for (int i = 0; i < sequence.size(); i++) {
            sum += logprobs(sequence.subList(0, i))[sequence.get(i)];
        }
        return sum;
    }
}
