package dev.gatun.bench.gpu;

import dev.gatun.cli.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of a part so far, with the fingerprint of what they depend on.
 *
 * @param dates by row's name, when it was done
 */
record PartResult(
        Part part,
        Environment environment,
        String fingerprint,
        Map<String, Row> rows,
        Map<String, String> dates,
        boolean complete) {
    static final int SCHEMA = 1;

    static PartResult empty(Part part, Environment environment, String fingerprint) {
        return new PartResult(part, environment, fingerprint, new LinkedHashMap<>(), new LinkedHashMap<>(), false);
    }

    void add(Row row, String date) {
        rows.put(row.name(), row);
        dates.put(row.name(), date);
    }

    PartResult completed() {
        return new PartResult(part, environment, fingerprint, rows, dates, true);
    }

    boolean failed() {
        return rows.values().stream().anyMatch(row -> row.status() == Status.FAILED);
    }

    Map<String, Object> json() {
        List<Map<String, Object>> all = new ArrayList<>();
        rows.values().forEach(row -> all.add(row.json(environment.column(), dates.getOrDefault(row.name(), ""))));
        return Json.object(
                "schema", SCHEMA,
                "part", part.name(),
                "title", part.title(),
                "fingerprint", fingerprint,
                "complete", complete,
                "environment", environment.json(),
                "rows", all);
    }

    /** Takes over the rows of {@code json} if they depend on the same; rows that failed are done again. */
    void takeOver(Map<String, Object> json) {
        if (!fingerprint.equals(json.get("fingerprint")) || !(json.get("rows") instanceof List<?> list)) {
            return;
        }
        for (Object one : list) {
            if (one instanceof Map<?, ?> map) {
                Row row = Row.of(map);
                if (row.status() != Status.FAILED) {
                    add(row, String.valueOf(map.get("date")));
                }
            }
        }
    }
}
