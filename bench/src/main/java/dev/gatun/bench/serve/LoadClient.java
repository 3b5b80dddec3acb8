package dev.gatun.bench.serve;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sends one request after the other, and notes when each piece of an answer comes. */
final class LoadClient {
    private static final String DATA = "data: ";

    private final HttpClient http;
    private final LoadPlan plan;
    private final long begin;

    /** @param begin of the load, as {@link System#nanoTime} counts */
    LoadClient(HttpClient http, LoadPlan plan, long begin) {
        this.http = http;
        this.plan = plan;
        this.begin = begin;
    }

    private long now() {
        return System.nanoTime() - begin;
    }

    /** Asks and reads the answer. */
    RequestTimes run(LoadPlan.Item item, long due) throws InterruptedException {
        List<Long> pieces = new ArrayList<>(item.answerTokens());
        try {
            HttpResponse<InputStream> response = http.send(request(item), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    String said = new String(body.readAllBytes(), StandardCharsets.UTF_8);
                    return failed(due, pieces, "status " + response.statusCode() + ": " + said);
                }
                return read(item, due, pieces, body);
            }
        } catch (IOException e) {
            return failed(due, pieces, e.toString());
        }
    }

    private HttpRequest request(LoadPlan.Item item) throws IOException {
        String body = JSON.std.asString(Map.of(
                "prompt",
                item.prompt(),
                "max_tokens",
                item.answerTokens(),
                "temperature",
                0,
                "ignore_eos",
                true,
                "stream",
                true,
                "stream_options",
                Map.of("include_usage", true)));
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(plan.server() + "/v1/completions"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        plan.key().ifPresent(key -> builder.header("authorization", "Bearer " + key));
        return builder.build();
    }

    private RequestTimes read(LoadPlan.Item item, long due, List<Long> pieces, InputStream body) throws IOException {
        int promptTokens = 0;
        int answerTokens = 0;
        BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.startsWith(DATA)) {
                continue;
            }
            long arrival = now();
            String data = line.substring(DATA.length());
            if (data.equals("[DONE]")) {
                int counted = answerTokens > 0 ? answerTokens : pieces.size();
                return pieces.isEmpty()
                        ? failed(due, pieces, "an answer without a token")
                        : new RequestTimes(due, List.copyOf(pieces), arrival, promptTokens, counted, false, "");
            }
            Map<String, Object> event = JSON.std.mapFrom(data);
            if (event.containsKey("error")) {
                return failed(due, pieces, "an error in the stream: " + event.get("error"));
            }
            if (event.get("usage") instanceof Map<?, ?> usage) {
                promptTokens = usage.get("prompt_tokens") instanceof Integer tokens ? tokens : 0;
                answerTokens = usage.get("completion_tokens") instanceof Integer tokens ? tokens : 0;
            }
            if (hasText(event)) {
                pieces.add(arrival);
            }
            if (item.cancelAfter() > 0 && pieces.size() >= item.cancelAfter()) {
                return new RequestTimes(due, List.copyOf(pieces), now(), promptTokens, pieces.size(), true, "");
            }
        }
        return failed(due, pieces, "the stream ended without [DONE]");
    }

    private static boolean hasText(Map<String, Object> event) {
        return event.get("choices") instanceof List<?> choices
                && !choices.isEmpty()
                && choices.getFirst() instanceof Map<?, ?> choice
                && choice.get("text") instanceof String text
                && !text.isEmpty();
    }

    private RequestTimes failed(long due, List<Long> pieces, String failure) {
        return new RequestTimes(due, List.copyOf(pieces), now(), 0, 0, false, failure);
    }
}
