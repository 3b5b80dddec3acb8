package dev.gatun.bench.gpu;

import dev.gatun.ptx.count.Chip;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.count.LowerBound;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The least time that the PTX machine predicts for each operation, beside the time that was measured where one was. Where none
 * was, bounds for the chips there are data of; they are no measurements.
 */
public final class PredictionsPart implements Part {
    private static final List<String> SHOWN = List.of("A100", "RTX 4090", "H200");

    private final LadderPart ladder;
    private final ResultFolder folder;

    public PredictionsPart(LadderPart ladder, ResultFolder folder) {
        this.ladder = ladder;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "predictions";
    }

    @Override
    public char letter() {
        return 'f';
    }

    @Override
    public String title() {
        return "Predictions of the PTX machine, and the times measured";
    }

    /** The times that the predictions are held against are inputs: a new measurement is compared anew. */
    @Override
    public List<String> inputs() {
        List<String> inputs = new ArrayList<>(ladder.inputs());
        folder.rows(ladder.name()).values().forEach(row -> inputs.add(row.name() + row.figures()));
        return inputs;
    }

    @Override
    public List<Case> cases(Stand stand) {
        return ladder.exercises().stream()
                .map(exercise -> Case.of(exercise.name(), budget -> predict(stand, exercise)))
                .toList();
    }

    private Row predict(Stand stand, Exercise exercise) {
        Map<String, Counters> counted = LadderPart.count(exercise);
        Optional<Chip> chip = stand.hasClock() ? chip(stand.environment().chip()) : Optional.empty();
        Optional<Double> measured = folder.figure(ladder.name(), exercise.name(), LadderPart.COLD);
        if (stand.hasClock() && chip.isPresent() && measured.isPresent()) {
            double bound = micros(counted, chip.get());
            return new Row(exercise.name(), Status.MEASURED, Map.of(), List.of(), slowest(counted, chip.get()))
                    .with("measured us", measured.get())
                    .with("bound us, " + chip.get().name(), bound)
                    .with("measured to bound", measured.get() / bound);
        }
        String note = !stand.hasClock()
                ? "a bound, not a time"
                : chip.isEmpty()
                        ? "there is no data sheet of " + stand.environment().chip()
                        : "the kernels part has measured no time for it yet";
        Row row = Row.of(exercise.name(), Status.PREDICTED, note);
        for (Chip one : Chip.ALL) {
            if (chip.map(one::equals).orElse(SHOWN.contains(one.name()))) {
                row = row.with("bound us, " + one.name(), micros(counted, one));
            }
        }
        return row;
    }

    private static double micros(Map<String, Counters> counted, Chip chip) {
        return counted.values().stream()
                .mapToDouble(counters -> 1e6 * LowerBound.of(counters, chip).leastSeconds())
                .sum();
    }

    private static String slowest(Map<String, Counters> counted, Chip chip) {
        StringBuilder text = new StringBuilder();
        counted.forEach((kernel, counters) -> {
            LowerBound bound = LowerBound.of(counters, chip);
            text.append(text.isEmpty() ? "" : ", ")
                    .append(String.format(
                            Locale.ROOT, "%s %.2f us by %s", kernel, 1e6 * bound.leastSeconds(), bound.bottleneck()));
        });
        return text.toString();
    }

    /** The chip of a GPU's name, such as {@code NVIDIA H100 80GB HBM3}. */
    static Optional<Chip> chip(String gpu) {
        return Chip.ALL.stream()
                .filter(chip -> (" " + gpu.replace('-', ' ') + " ").contains(" " + chip.name() + " "))
                .findFirst();
    }
}
