package dev.gatun.server;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that is refused, or failed, as the client learns of it. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;

    /**
     * A refusal.
     *
     * @param status of HTTP
     * @param type OpenAI's name of the kind of error
     * @param param the field that is wrong, if it is one
     * @param code OpenAI's name of the error, if it has one
     * @param message one or two sentences with the values and the remedy
     */
    public ApiException(int status, String type, @Nullable String param, @Nullable String code, String message) {
        super(message);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
    }

    /** A field's value is wrong. */
    public static ApiException invalid(String param, String message) {
        return new ApiException(400, "invalid_request_error", param, null, message);
    }

    /** It was accepted, and failed. */
    public static ApiException failed(String message) {
        return new ApiException(500, "server_error", null, null, message);
    }

    /** The server can not take it now. */
    public static ApiException unavailable(String message) {
        return new ApiException(503, "server_error", null, "unavailable", message);
    }

    public int status() {
        return status;
    }

    public String type() {
        return type;
    }

    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** The message, which is never absent. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
