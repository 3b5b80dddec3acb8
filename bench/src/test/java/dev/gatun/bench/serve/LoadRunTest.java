package dev.gatun.bench.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The generator against a server whose times are known: 40 ms to the first piece, 10 ms between pieces. */
class LoadRunTest {
    private static final int PIECES = 8;

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/v1/completions", exchange -> {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            exchange.getRequestBody().readAllBytes();
            if (asked.incrementAndGet() % 5 == 0) {
                exchange.sendResponseHeaders(503, 0);
                exchange.close();
                atOnce.decrementAndGet();
                return;
            }
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < PIECES; i++) {
                    Thread.sleep(i == 0 ? 40 : 10);
                    send(out, "{\"choices\":[{\"text\":\"a\"}]}");
                }
                send(out, "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":" + PIECES + "}}");
                send(out, "[DONE]");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                atOnce.decrementAndGet();
            }
        });
        server.start();
    }

    private static void send(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private LoadPlan plan(int concurrency, OptionalDouble rate, int requests, double cancelShare) {
        return new LoadPlan(
                "http://127.0.0.1:" + server.getAddress().getPort(),
                Optional.empty(),
                concurrency,
                rate,
                requests,
                new Lengths(3, 9),
                new Lengths(PIECES, PIECES),
                cancelShare,
                1);
    }

    private static double median(Map<String, Double> percentiles) {
        return percentiles.getOrDefault("p50", Double.NaN);
    }

    @Test
    void measuresWhatTheServerDoes() throws Exception {
        LoadPlan plan = plan(2, OptionalDouble.empty(), 10, 0);
        LoadReport report = new LoadReport(plan, new LoadRun(plan, ended -> {}).run());
        assertEquals(2, report.failures(), "each fifth was refused");
        assertTrue(median(report.timeToFirstToken()) >= 40, report.timeToFirstToken()::toString);
        assertTrue(median(report.betweenTokens()) >= 9.9, report.betweenTokens()::toString);
        assertTrue(median(report.timePerOutputToken()) >= 9.9, report.timePerOutputToken()::toString);
        assertTrue(median(report.endToEnd()) >= 110, report.endToEnd()::toString);
        assertEquals(0, report.goodput(39));
        assertEquals(10, ((List<?>) Objects.requireNonNull(report.json().get("samples"))).size());
    }

    @Test
    void requestsThatComeWhenTheyComeWaitForNobody() throws Exception {
        LoadPlan plan = plan(1, OptionalDouble.of(200), 40, 0.5);
        List<RequestTimes> times = new LoadRun(plan, ended -> {}).run();
        assertEquals(40, times.size());
        assertTrue(mostAtOnce.get() > 1, "they come while others are answered");
        assertTrue(times.stream().anyMatch(RequestTimes::cancelled));
        assertTrue(times.stream().filter(RequestTimes::cancelled).allMatch(time -> time.answerTokens() < PIECES));
    }

    @Test
    void theSameSeedGivesTheSameRequests() {
        assertEquals(
                plan(1, OptionalDouble.of(5), 20, 0.3).items(),
                plan(9, OptionalDouble.of(5), 20, 0.3).items());
        assertEquals("16..256", Lengths.parse("16..256").toString());
        assertThrows(InvalidInputException.class, () -> Lengths.parse("9..3"));
        assertThrows(InvalidInputException.class, () -> Lengths.parse("many"));
        assertThrows(InvalidInputException.class, () -> plan(0, OptionalDouble.empty(), 1, 0));
    }
}
