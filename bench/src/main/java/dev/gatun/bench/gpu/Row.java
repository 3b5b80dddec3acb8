package dev.gatun.bench.gpu;

import dev.gatun.cli.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one case gave.
 *
 * @param figures by name with its unit, such as {@code GB/s}, in the order they are shown
 * @param samplesMicros every sample behind the figures; empty where nothing was timed
 * @param note one sentence for the reader: a reason, a remark; may be empty
 */
public record Row(String name, Status status, Map<String, Double> figures, List<Double> samplesMicros, String note) {
    public Row {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        samplesMicros = List.copyOf(samplesMicros);
    }

    /** Without figures. */
    public static Row of(String name, Status status, String note) {
        return new Row(name, status, Map.of(), List.of(), note);
    }

    /** A check that held or did not. */
    public static Row check(String name, boolean holds, String note) {
        return of(name, holds ? Status.PASSED : Status.FAILED, note);
    }

    /** With one more figure at the end. */
    public Row with(String figure, double value) {
        Map<String, Double> more = new LinkedHashMap<>(figures);
        more.put(figure, value);
        return new Row(name, status, more, samplesMicros, note);
    }

    /** With another note. */
    public Row withNote(String note) {
        return new Row(name, status, figures, samplesMicros, note);
    }

    /** A failure's row. */
    static Row failed(String name, Throwable e) {
        String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return of(name, Status.FAILED, e.getClass().getSimpleName() + ": " + text);
    }

    Map<String, Object> json(String device, String date) {
        return Json.object(
                "case", name,
                "status", status.word(),
                "device", device,
                "date", date,
                "figures", figures,
                "samples_us", samplesMicros,
                "note", note);
    }

    static Row of(Map<?, ?> json) {
        Map<String, Double> figures = new LinkedHashMap<>();
        if (json.get("figures") instanceof Map<?, ?> map) {
            map.forEach((key, value) -> figures.put((String) key, number(value)));
        }
        List<Double> samples = json.get("samples_us") instanceof List<?> list
                ? list.stream().map(Row::number).toList()
                : List.of();
        return new Row(
                String.valueOf(json.get("case")),
                Status.of(String.valueOf(json.get("status"))),
                figures,
                samples,
                String.valueOf(json.get("note")));
    }

    /** JSON has no infinity: such numbers are strings there. */
    private static double number(Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.parseDouble(String.valueOf(value));
    }
}
