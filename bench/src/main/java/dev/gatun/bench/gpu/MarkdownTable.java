package dev.gatun.bench.gpu;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A part's file as a section of Markdown: where it is from, and a table with a column for each figure. */
final class MarkdownTable {

    private MarkdownTable() {}

    static String of(Map<String, Object> part) {
        StringBuilder text = new StringBuilder();
        Map<?, ?> from = part.get("environment") instanceof Map<?, ?> map ? map : Map.of();
        text.append("## ").append(part.get("title")).append("\n\n");
        text.append(from.get("chip"))
                .append("; driver ")
                .append(from.get("driver"))
                .append(", CUDA ")
                .append(from.get("cuda"))
                .append("; ")
                .append(from.get("jdk"))
                .append("; commit ")
                .append(from.get("commit"))
                .append(".\n");
        if (!Boolean.TRUE.equals(part.get("complete"))) {
            text.append("**Not complete**: the time of this part was up or it was stopped; run it again to go on.\n");
        }
        text.append('\n');
        List<Row> rows = part.get("rows") instanceof List<?> list
                ? list.stream().map(row -> Row.of((Map<?, ?>) row)).toList()
                : List.of();
        table(text, rows, part);
        return text.append('\n').toString();
    }

    private static void table(StringBuilder text, List<Row> rows, Map<String, Object> part) {
        Set<String> figures = new LinkedHashSet<>();
        rows.forEach(row -> figures.addAll(row.figures().keySet()));
        text.append("| case | device | date | result |");
        figures.forEach(figure -> text.append(' ').append(figure).append(" |"));
        text.append(" note |\n|---|---|---|---|")
                .append("---:|".repeat(figures.size()))
                .append("---|\n");
        List<?> raw = part.get("rows") instanceof List<?> list ? list : List.of();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            Map<?, ?> fields = (Map<?, ?>) raw.get(i);
            text.append("| ").append(cell(row.name()));
            text.append(" | ").append(cell(String.valueOf(fields.get("device"))));
            text.append(" | ").append(date(String.valueOf(fields.get("date"))));
            text.append(" | ").append(row.status().word()).append(" |");
            for (String figure : figures) {
                Double value = row.figures().get(figure);
                text.append(' ').append(value == null ? "" : number(value)).append(" |");
            }
            text.append(' ').append(cell(row.note())).append(" |\n");
        }
    }

    private static String date(String instant) {
        return instant.length() > 10 ? instant.substring(0, 10) : instant;
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }

    /** Four significant digits. */
    static String number(double value) {
        double size = Math.abs(value);
        if (!Double.isFinite(value) || size >= 1000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return size == 0
                ? "0"
                : size < 0.01
                        ? String.format(Locale.ROOT, "%.2e", value)
                        : String.format(
                                Locale.ROOT,
                                size < 1 ? "%.4f" : size < 10 ? "%.3f" : size < 100 ? "%.2f" : "%.1f",
                                value);
    }
}
