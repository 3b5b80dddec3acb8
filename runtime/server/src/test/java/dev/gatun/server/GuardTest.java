package dev.gatun.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who is let in, and what nobody may ask. */
class GuardTest {
    private static final String TEXT = "{\"prompt\":\"a\",\"max_tokens\":1,\"temperature\":0}";

    @Test
    void othersAreLetInOnlyWithAKey() {
        ServerOptions open = ServerOptions.of("m").withHost("0.0.0.0").withPort(0);
        String refusal = String.valueOf(
                assertThrows(InvalidInputException.class, open::checkedAddress).getMessage());
        assertTrue(refusal.contains("--api-key"), refusal);
        assertEquals("0.0.0.0", open.withApiKey("k").checkedAddress().getHostAddress());
    }

    @Test
    void theKeyOpensAllButHealthAndPageWhichAreOpen() throws Exception {
        try (ServedModel served =
                ServedModel.start(ServerOptions.of("smollm2").withPort(0).withApiKey("s3cret"))) {
            assertEquals(401, served.client().post("/v1/completions", TEXT).statusCode());
            assertEquals(401, served.client().get("/metrics").statusCode());
            assertEquals(401, served.client().get("/v1/nothing").statusCode());
            for (String wrong : new String[] {"Bearer s3cre", "Bearer s3cret2", "s3cret", "Bearer ", "Basic s3cret"}) {
                assertEquals(
                        401,
                        served.client()
                                .post("/v1/completions", TEXT, "Authorization", wrong)
                                .statusCode(),
                        wrong);
            }
            assertEquals(
                    200,
                    served.client()
                            .post("/v1/completions", TEXT, "Authorization", "bearer s3cret")
                            .statusCode());
            assertEquals(200, served.client().get("/health").statusCode());
            assertEquals(200, served.client().get("/").statusCode());
        }
    }

    @Test
    void refusesWhatIsNoRequestOfAFriend() throws Exception {
        Limits limits = Limits.DEFAULTS;
        Limits small = new Limits(
                2_000,
                1_024,
                256,
                Duration.ofMillis(700),
                limits.idleTime(),
                2,
                limits.queued(),
                limits.stalledReader(),
                limits.requestTime(),
                limits.messages(),
                limits.choices(),
                limits.stops(),
                limits.stopCharacters(),
                limits.logitBias(),
                8,
                limits.jsonNumberCharacters(),
                limits.jsonStringCharacters(),
                200);
        try (ServedModel served = ServedModel.start(small)) {
            int port = served.server().address().getPort();
            // Another site's name, made to point here, and another site's page.
            assertEquals(403, status(port, "GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"));
            assertEquals(
                    403,
                    status(
                            port,
                            "GET /health HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n"));
            assertEquals(
                    200,
                    status(
                            port,
                            "GET /health HTTP/1.1\r\nHost: localhost:" + port + "\r\nOrigin: http://127.0.0.1:" + port
                                    + "\r\nConnection: close\r\n\r\n"));
            assertEquals(404, status(port, "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            assertEquals(405, status(port, "PUT /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            assertEquals(414, status(port, "GET /" + "x".repeat(300) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assertEquals(
                    431, status(port, "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(1_100) + "\r\n\r\n"));
            assertEquals(400, status(port, "NONSENSE\r\n\r\n"));
            assertEquals(413, status(port, post("{\"prompt\":\"" + "a".repeat(1_990) + "\"}")));
            assertEquals(400, status(port, post("{\"prompt\":" + "[".repeat(9) + "]".repeat(9) + "}")));
            assertEquals(400, status(port, post("{\"prompt\":" + Arrays.toString(new int[201]) + "}")));
            assertEquals(400, status(port, post("{\"prompt\":\"a\",\"prompt\":\"b\"}")));
            assertEquals(400, status(port, post("{\"prompt\":\"a\",\"temperature\":NaN}")));
            assertEquals(400, status(port, post("{\"prompt\":\"a\"} {}")));
            assertEquals(
                    408,
                    status(port, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"));
            assertEquals(408, status(port, "GET /hea"));
            try (Socket first = new Socket(InetAddress.getLoopbackAddress(), port);
                    Socket second = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertTrue(first.isConnected() && second.isConnected());
                assertEquals(503, status(port, ""));
            }
            Map<String, Object> health = served.client().json(served.client().get("/health"));
            assertEquals(0, health.get("running"));
        }
    }

    private static String post(String body) {
        return "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    /** The status of what a connection is answered that sends these bytes. */
    private static int status(int port, String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.UTF_8));
            out.flush();
            InputStream in = socket.getInputStream();
            String line = new String(in.readNBytes(12), StandardCharsets.UTF_8);
            assertTrue(line.startsWith("HTTP/1.1 "), line);
            return Integer.parseInt(line.substring(9, 12));
        }
    }
}
