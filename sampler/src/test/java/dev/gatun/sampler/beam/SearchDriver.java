package dev.gatun.sampler.beam;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Runs a search over a law, with nothing but the offers that the search says can matter. */
final class SearchDriver {
    private SearchDriver() {}

    static List<Hypothesis> run(TinyLaw law, BeamParams params, int mostTokens, List<Integer> ends) {
        BeamSearch search = new BeamSearch(params, mostTokens, ends);
        List<List<List<Integer>>> sequences = new ArrayList<>();
        for (int group = 0; group < search.groups(); group++) {
            sequences.add(List.of(List.of()));
        }
        while (!search.isDone()) {
            for (int group = 0; group < search.groups(); group++) {
                step(law, search, group, params.diversityPenalty(), sequences);
            }
        }
        return search.best();
    }

    private static void step(
            TinyLaw law, BeamSearch search, int group, double penalty, List<List<List<Integer>>> sequences) {
        List<List<Integer>> before = sequences.get(group);
        for (int beam = 0; beam < search.running(group); beam++) {
            double[] scores = law.logprobs(before.get(beam));
            for (int i = 0; group > 0 && i < search.chosenCount(); i++) {
                scores[search.chosen()[i]] -= penalty;
            }
            List<Integer> order = IntStream.range(0, scores.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(token -> -scores[token]))
                    .toList();
            for (int rank = 0; rank < Math.min(search.candidates(), order.size()); rank++) {
                search.offer(group, beam, order.get(rank), scores[order.get(rank)]);
            }
        }
        search.advance(group);
        List<List<Integer>> after = new ArrayList<>();
        for (int beam = 0; beam < search.running(group); beam++) {
            List<Integer> sequence = new ArrayList<>(before.get(search.parent(group, beam)));
            sequence.add(search.token(group, beam));
            after.add(sequence);
        }
        sequences.set(group, after);
    }
}
