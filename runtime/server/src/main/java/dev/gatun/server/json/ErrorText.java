package dev.gatun.server.json;

import dev.gatun.server.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error in OpenAI's form. */
public final class ErrorText {

    private ErrorText() {}

    /** The error as a JSON object. */
    public static String of(ApiException error) {
        Map<String, @Nullable Object> inner = new LinkedHashMap<>();
        inner.put("message", error.text());
        inner.put("type", error.type());
        inner.put("param", error.param().orElse(null));
        inner.put("code", error.code().orElse(null));
        return JsonText.write(Map.of("error", inner));
    }
}
