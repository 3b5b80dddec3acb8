package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.ModelStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gatun serve} as a process, as people and programs meet it. */
@Tag("slow")
class ServeTest {
    private static final Pattern ADDRESS = Pattern.compile("listening on (http://[^,]+),");

    /** A running server and where it listens. */
    private record Serving(Process process, BufferedReader errors, String address) implements AutoCloseable {
        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static Serving serve(String... more) throws IOException {
        assumeTrue(
                ModelStore.ofUser(System.getenv())
                        .find(Catalogue.find(Catalogue.DEFAULT).orElseThrow())
                        .isPresent(),
                "the default model is not there; fetch it with: ./gatun pull " + Catalogue.DEFAULT);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--port",
                "0",
                "--context",
                "1024"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).start();
        BufferedReader errors =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = errors.readLine(); line != null; line = errors.readLine()) {
            said.append(line).append('\n');
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                return new Serving(process, errors, address.group(1));
            }
        }
        throw new AssertionError("it does not listen: " + said);
    }

    @Test
    void answersUntilItIsTerminatedAndEndsWell() throws Exception {
        try (Serving serving = serve()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(serving.address() + "/v1/completions"))
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"prompt\":\"The capital of France is\",\"max_tokens\":3,\"temperature\":0}"))
                    .build();
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(200, response.statusCode(), response::body);
            assertTrue(response.body().contains("Paris"), response.body());
            serving.process().toHandle().destroy(); // SIGTERM, and its streams stay open
            assertTrue(serving.process().waitFor(40, TimeUnit.SECONDS), "it ends");
            assertEquals(0, serving.process().exitValue());
            assertTrue(serving.errors().lines().anyMatch("ended"::equals));
        }
    }

    @Test
    void itsPageTalksWithTheModelByKeyboard(@TempDir Path folder) throws Exception {
        Browser browser = Browser.requireChromium(folder);
        try (Serving serving = serve();
                BrowserTab tab = browser.tab()) {
            tab.open(serving.address() + "/");
            tab.await("document.getElementById('model').textContent.includes('smollm2')");
            tab.evaluate("document.getElementById('settings').elements.max_tokens.value = '12'");
            tab.type("Why is the sky blue?");
            tab.enter();
            tab.await("document.body.dataset.state === 'answered'");
            tab.picture(folder.resolve("page.png"));
            Object text = tab.evaluate("document.querySelector('.turn.assistant').textContent");
            assertEquals("The sky is blue because of a process called Rayleigh scattering", text);
            Object rate = tab.evaluate("document.getElementById('rate').textContent");
            assertTrue(String.valueOf(rate).matches("[0-9]+\\.[0-9]"), () -> "rate " + rate);
            assertEquals("12", tab.evaluate("document.getElementById('answer').textContent"));
            assertEquals("text", tab.evaluate("document.activeElement.id"), "the next message can be typed");
            assertEquals(List.of(), tab.complaints());
            assertTrue(
                    tab.requests().stream()
                            .allMatch(uri -> uri.startsWith(serving.address() + "/") || uri.startsWith("data:")),
                    () -> "asked elsewhere: " + tab.requests());
        }
    }

    @Test
    void doesNotListenWhereItMayNot() throws Exception {
        assertEquals(2, run("serve", "--host", "0.0.0.0"));
        assertEquals(2, run("serve", "--port", "70000"));
        assertEquals(2, run("serve", "--sequences", "0"));
    }

    private static int run(String... arguments) {
        return Main.execute(
                new Console(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        OutputStream.nullOutputStream(),
                        ""),
                arguments);
    }
}
