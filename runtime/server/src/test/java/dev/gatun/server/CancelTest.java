package dev.gatun.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that go, and servers that end. */
class CancelTest {
    private static final String NEIGHBOUR =
            "{\"prompt\":\"The locks of a canal\",\"max_tokens\":60,\"temperature\":0,\"ignore_eos\":true}";

    private ServedModel served;

    @BeforeEach
    void start() throws InterruptedException {
        served = ServedModel.start();
    }

    @AfterEach
    void stop() {
        if (served != null) {
            served.close();
        }
    }

    private Socket ask(boolean stream) throws IOException {
        String body =
                "{\"prompt\":\"Once upon a time\",\"max_tokens\":480,\"temperature\":0,\"ignore_eos\":true,\"stream\":"
                        + stream + "}";
        Socket socket = new Socket(
                served.server().address().getAddress(),
                served.server().address().getPort());
        socket.getOutputStream()
                .write(("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                                + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            Thread.sleep(2);
        }
    }

    @Test
    void aClientThatGoesEndsItsAnswerAndNobodyElses() throws Exception {
        String alone = text(served.client().post("/v1/completions", NEIGHBOUR));
        for (boolean stream : new boolean[] {true, false}) {
            Socket leaving = ask(stream);
            await("it runs", () -> served.engine().stats().running() == 1);
            CompletableFuture<HttpResponse<String>> neighbour = CompletableFuture.supplyAsync(() -> {
                try {
                    return served.client().post("/v1/completions", NEIGHBOUR);
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            await("both run", () -> served.engine().stats().running() == 2);
            leaving.close();
            await(
                    "the page of the one that went are free",
                    () -> served.engine().stats().running() <= 1);
            assertFalse(neighbour.isDone(), "the neighbour goes on");
            assertEquals(alone, text(neighbour.join()));
        }
        String metrics = served.client().get("/metrics").body();
        assertTrue(metrics.contains("finished_reason=\"abort\"} 2"), metrics);
    }

    private String text(HttpResponse<String> response) throws IOException {
        assertEquals(200, response.statusCode(), response::body);
        return String.valueOf(served.client().json(response).get("choices"));
    }

    @Test
    void drainingAnswersWhatIsThereAndRefusesTheRest() throws Exception {
        CompletableFuture<HttpResponse<String>> last = CompletableFuture.supplyAsync(() -> {
            try {
                return served.client().post("/v1/completions", NEIGHBOUR);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await("it runs", () -> served.engine().stats().running() == 1);
        CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> {
            try {
                return served.server().drain(Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await("it is draining", () -> {
            try {
                return served.client().get("/health").statusCode() == 503;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        HttpResponse<String> late = served.client().post("/v1/completions", NEIGHBOUR);
        assertEquals(503, late.statusCode());
        assertEquals("1", late.headers().firstValue("retry-after").orElse(""));
        assertEquals(200, last.join().statusCode());
        assertTrue(drained.join());
    }

    @Test
    void aReaderWhoStopsReadingIsCutOff() throws Exception {
        served.close();
        Limits limits = Limits.DEFAULTS;
        served = ServedModel.start(new Limits(
                limits.bodyBytes(),
                limits.headerBytes(),
                limits.lineBytes(),
                limits.requestReadTime(),
                limits.idleTime(),
                limits.connections(),
                limits.queued(),
                Duration.ofMillis(300),
                limits.requestTime(),
                limits.messages(),
                limits.choices(),
                limits.stops(),
                limits.stopCharacters(),
                limits.logitBias(),
                limits.jsonDepth(),
                limits.jsonNumberCharacters(),
                limits.jsonStringCharacters(),
                limits.jsonTokens()));
        String body =
                "{\"prompt\":\"Once upon a time\",\"max_tokens\":480,\"temperature\":0,\"ignore_eos\":true,\"stream\":true,"
                        + "\"logprobs\":20}";
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4_096);
            socket.connect(served.server().address());
            socket.getOutputStream()
                    .write(("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            await("it runs", () -> served.engine().stats().running() == 1);
            await("it is cut off", () -> served.engine().stats().running() == 0);
            await("and counted", () -> {
                try {
                    return served.client().get("/metrics").body().contains("finished_reason=\"abort\"} 1");
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }
}
