package dev.gatun.sampler.beam;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The same search written down a second time, from the steps of Hugging Face's {@code _beam_search} and with lists of whole
 * sequences: all continuations of all beams are sorted, unused beams and unfilled places have the score -1e9. Of several
 * groups, each as in its {@code _group_beam_search}.
 */
final class PlainBeams {
    private static final double NONE = -1e9;

    private record Beam(List<Integer> tokens, double score, boolean finished) {}

    private final TinyLaw law;
    private final BeamParams params;
    private final int size;
    private final int mostTokens;
    private final List<Integer> ends;
    private List<Beam> running = new ArrayList<>();
    private List<Beam> finished = new ArrayList<>();
    private boolean done;

    private PlainBeams(TinyLaw law, BeamParams params, int mostTokens, List<Integer> ends) {
        this.law = law;
        this.params = params;
        this.size = params.numBeams() / params.numBeamGroups();
        this.mostTokens = mostTokens;
        this.ends = ends;
        for (int i = 0; i < size; i++) {
            running.add(new Beam(List.of(), i == 0 ? 0 : NONE, false));
            finished.add(new Beam(List.of(), NONE, false));
        }
    }

    static List<Hypothesis> run(TinyLaw law, BeamParams params, int mostTokens, List<Integer> ends) {
        List<PlainBeams> groups = new ArrayList<>();
        for (int i = 0; i < params.numBeamGroups(); i++) {
            groups.add(new PlainBeams(law, params, mostTokens, ends));
        }
        for (int length = 1; length <= mostTokens; length++) {
            List<Integer> chosen = new ArrayList<>();
            for (PlainBeams group : groups) {
                if (!group.done) {
                    group.step(length, chosen);
                }
            }
        }
        return groups.stream()
                .flatMap(group -> group.finished.stream())
                .filter(Beam::finished)
                .sorted(Comparator.comparingDouble(Beam::score).reversed())
                .limit(params.numReturnSequences())
                .map(beam -> new Hypothesis(
                        beam.tokens(), beam.score(), ends.contains(beam.tokens().getLast()), 0, List.of()))
                .toList();
    }

    private void step(int length, List<Integer> chosen) {
        List<Beam> all = new ArrayList<>();
        for (Beam beam : running) {
            double[] scores = law.logprobs(beam.tokens());
            chosen.forEach(token -> scores[token] -= params.diversityPenalty());
            for (int token = 0; token < law.vocabulary(); token++) {
                List<Integer> tokens = new ArrayList<>(beam.tokens());
                tokens.add(token);
                all.add(new Beam(tokens, beam.score() + scores[token], ends.contains(token)));
            }
        }
        all.sort(Comparator.comparingDouble(Beam::score).reversed());
        boolean last = length == mostTokens;
        double norm = Math.pow(length, params.lengthPenalty());
        List<Beam> merged = new ArrayList<>(finished);
        for (Beam beam : all.subList(0, size)) {
            if (beam.finished() || last) {
                merged.add(new Beam(beam.tokens(), beam.score() / norm, true));
            }
        }
        merged.sort(Comparator.comparingDouble(Beam::score).reversed());
        finished = merged.subList(0, size);
        running = all.stream().filter(beam -> !beam.finished()).limit(size).toList();
        running.forEach(beam -> chosen.add(beam.tokens().getLast()));
        boolean full = finished.stream().allMatch(Beam::finished);
        boolean never = params.earlyStopping() == EarlyStopping.NEVER && params.lengthPenalty() > 0;
        Beam best = params.numBeamGroups() == 1 ? running.getFirst() : all.getFirst();
        double reach = best.score() / Math.pow(never ? mostTokens : length, params.lengthPenalty());
        boolean hopeless = reach <= finished.getLast().score();
        done = full && (hopeless || params.earlyStopping() == EarlyStopping.TRUE);
    }
}
