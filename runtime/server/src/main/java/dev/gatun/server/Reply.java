package dev.gatun.server;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A whole answer. */
public final class Reply {
    private final int status;
    private final String contentType;
    private final byte[] body;
    private final Map<String, String> headers;

    private Reply(int status, String contentType, byte[] body, Map<String, String> headers) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        this.headers = headers;
    }

    /** JSON, status 200. */
    public static Reply json(String text) {
        return json(200, text);
    }

    /** JSON. */
    public static Reply json(int status, String text) {
        return new Reply(status, "application/json", text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** Text, status 200. */
    public static Reply text(String contentType, String text) {
        return new Reply(200, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** The same with one more header. */
    public Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, contentType, body, Map.copyOf(more));
    }

    /** The status of HTTP. */
    public int status() {
        return status;
    }

    public String contentType() {
        return contentType;
    }

    /** The body, not a copy of it: nobody writes into it. */
    public byte[] body() {
        return body;
    }

    /** Headers besides the content's type and length. */
    public Map<String, String> headers() {
        return headers;
    }
}
