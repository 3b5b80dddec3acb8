package dev.gatun.server.metrics;

/** Prometheus's text format, version 0.0.4. */
final class PrometheusText {
    private final StringBuilder text = new StringBuilder();
    private final String label;

    PrometheusText(String modelName) {
        this.label = "model_name=\"" + escaped(modelName) + "\"";
    }

    PrometheusText gauge(String name, String help, double value) {
        return single(name, help, "gauge", value);
    }

    PrometheusText gauge(String name, String help, long value) {
        return single(name, help, "gauge", (double) value); // exact up to 2^53, as Prometheus's own numbers
    }

    PrometheusText counter(String name, String help, long value) {
        return single(name, help, "counter", (double) value);
    }

    private PrometheusText single(String name, String help, String type, double value) {
        head(name, help, type);
        text.append(name)
                .append('{')
                .append(label)
                .append("} ")
                .append(number(value))
                .append('\n');
        return this;
    }

    /** A counter of several labels; its head is written by {@link #head}. */
    PrometheusText labelled(String name, String key, String value, long count) {
        text.append(name)
                .append('{')
                .append(label)
                .append(',')
                .append(key)
                .append("=\"")
                .append(escaped(value));
        text.append("\"} ").append(count).append('\n');
        return this;
    }

    PrometheusText histogram(String name, String help, Histogram histogram) {
        head(name, help, "histogram");
        histogram.write(text, name, label);
        return this;
    }

    PrometheusText head(String name, String help, String type) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
