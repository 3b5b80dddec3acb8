package dev.gatun.runtime.template;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gatun.runtime.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The real templates of the shared test data, each with five conversations and what Python renders. */
final class RealTemplates {
    static final Clock NOON = Clock.fixed(Instant.parse("2026-07-26T12:00:00Z"), ZoneOffset.UTC);

    private RealTemplates() {}

    /** Keys: name, case, template, vars, and expected or error. */
    static List<Map<String, Object>> cases() {
        try {
            return JSON.std.listOfFrom(Object.class, Files.readString(TestData.shared("chat-templates.json"))).stream()
                    .map(RealTemplates::map)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked") // JSON objects have string keys
    static Map<String, Object> map(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }
}
