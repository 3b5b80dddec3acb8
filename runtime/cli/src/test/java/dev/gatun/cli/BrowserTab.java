package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A page in a real browser that can be typed into and asked, over the browser's own debugging protocol. */
final class BrowserTab implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<Map<String, Object>> messages = new LinkedBlockingQueue<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private int lastId;

    private BrowserTab(Process process, URI endpoint) throws IOException, InterruptedException {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(endpoint, new Listener())
                .join();
        call("Page.enable", Map.of());
        call("Runtime.enable", Map.of());
        call("Log.enable", Map.of());
        call("Network.enable", Map.of());
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    messages.add(JSON.std.mapFrom(text.toString()));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }

    /** Opens an empty page in a browser that {@link Browser} has started with a debugging port. */
    static BrowserTab of(Process process, Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            for (String line : Files.readAllLines(log)) {
                if (line.startsWith("DevTools listening on ws://")) {
                    String authority = line.split("/", -1)[2];
                    return new BrowserTab(process, pageOf(authority));
                }
            }
            assertTrue(System.nanoTime() < deadline && process.isAlive(), "the browser did not start");
            Thread.sleep(50);
        }
    }

    private static URI pageOf(String authority) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + authority + "/json/new"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        String page = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return URI.create(String.valueOf(JSON.std.mapFrom(page).get("webSocketDebuggerUrl")));
    }

    void open(String uri) throws IOException, InterruptedException {
        call("Page.navigate", Map.of("url", uri));
        await("document.readyState === 'complete'");
    }

    /** Waits until an expression is true. */
    void await(String expression) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Boolean.TRUE.equals(evaluate(expression))) {
            assertTrue(System.nanoTime() < deadline, () -> "never true: " + expression + "; " + complaints);
            Thread.sleep(20);
        }
    }

    /** The value of an expression. */
    @Nullable
    Object evaluate(String expression) throws IOException, InterruptedException {
        Map<?, ?> result = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        return object(result, "result").get("value");
    }

    /** Types a text where the focus is. */
    void type(String text) throws IOException, InterruptedException {
        call("Input.insertText", Map.of("text", text));
    }

    /** Presses and releases the Enter key. */
    void enter() throws IOException, InterruptedException {
        for (String type : List.of("rawKeyDown", "char", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of("type", type, "key", "Enter", "code", "Enter", "text", "\r", "windowsVirtualKeyCode", 13));
        }
    }

    /** A picture of the page as it is. */
    void picture(Path file) throws IOException, InterruptedException {
        Map<?, ?> result = call("Page.captureScreenshot", Map.of("format", "png"));
        Files.write(file, Base64.getDecoder().decode(String.valueOf(result.get("data"))));
    }

    /** What the console said. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Addresses that were asked for. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private Map<?, ?> call(String method, Map<String, ?> params) throws IOException, InterruptedException {
        int id = ++lastId;
        socket.sendText(JSON.std.asString(Map.of("id", id, "method", method, "params", params)), true)
                .join();
        while (true) {
            Map<String, Object> message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertTrue(message != null, () -> "no answer to " + method);
            if (Integer.valueOf(id).equals(message.get("id"))) {
                assertEquals(null, message.get("error"), method);
                return object(message, "result");
            }
            note(message);
        }
    }

    private static Map<?, ?> object(Map<?, ?> around, String name) {
        return (Map<?, ?>) Objects.requireNonNull(around.get(name), name);
    }

    private void note(Map<String, Object> event) {
        switch (String.valueOf(event.get("method"))) {
            case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" ->
                complaints.add(event.toString());
            case "Network.requestWillBeSent" -> {
                requests.add(String.valueOf(
                        object(object(event, "params"), "request").get("url")));
            }
            default -> {}
        }
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
