package dev.gatun.cli.pull;

import dev.gatun.cli.Version;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A file behind a URL. An interrupted transfer goes on where it stopped (RFC 9110, range requests). */
final class HttpSource implements Source {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(20);
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MOST_ATTEMPTS = 5;

    private final URI address;
    private final Duration pause;

    /** @param pause between two attempts */
    HttpSource(URI address, Duration pause) {
        this.address = address;
        this.pause = pause;
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public void fetch(CatalogueEntry entry, Path part, ProgressDisplay display)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            long before = size(part);
            try {
                transfer(entry, part, display);
                return;
            } catch (IOException e) {
                // One that brought something is worth another try: the next goes on from there.
                if (size(part) <= before || attempt == MOST_ATTEMPTS) {
                    throw new IOException(reason(e), e);
                }
                display.note("the transfer broke off (" + reason(e) + "); going on");
                Thread.sleep(pause);
            }
        }
    }

    private void transfer(CatalogueEntry entry, Path part, ProgressDisplay display)
            throws IOException, InterruptedException {
        long offset = size(part);
        if (offset >= entry.byteSize()) {
            Files.delete(part);
            offset = 0;
        }
        HttpURLConnection connection = connect(offset);
        try {
            offset = acceptedOffset(connection, offset);
            long announced = connection.getContentLengthLong();
            if (announced >= 0 && offset + announced != entry.byteSize()) {
                throw new IOException("it has " + (offset + announced) + " bytes there, expected " + entry.byteSize());
            }
            try (InputStream source = connection.getInputStream();
                    FileChannel target = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    ProgressDisplay.Progress progress = display.start(entry.name(), offset, entry.byteSize())) {
                target.truncate(offset).position(offset);
                copy(source, target, entry.byteSize(), progress);
            }
        } finally {
            connection.disconnect();
        }
    }

    private static void copy(InputStream source, FileChannel target, long byteSize, ProgressDisplay.Progress progress)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long done = target.position();
        for (int read = source.read(buffer); read >= 0; read = source.read(buffer)) {
            done += read;
            if (done > byteSize) {
                throw new IOException("more than the expected " + byteSize + " bytes came");
            }
            target.write(ByteBuffer.wrap(buffer, 0, read));
            progress.at(done);
        }
        if (done < byteSize) {
            throw new IOException("it ended after " + done + " of " + byteSize + " bytes");
        }
        target.force(true);
    }

    /** The connection with its answer's head read. Name look-up has no time limit of its own, hence the thread. */
    private HttpURLConnection connect(long offset) throws IOException, InterruptedException {
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
        connection.setReadTimeout((int) READ_TIMEOUT.toMillis());
        connection.setRequestProperty("User-Agent", "gatun/" + Version.text());
        if (offset > 0) {
            connection.setRequestProperty("Range", "bytes=" + offset + "-");
        }
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                answer.complete(connection.getResponseCode());
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            answer.get(CONNECT_TIMEOUT.plus(READ_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
            return connection;
        } catch (TimeoutException e) {
            connection.disconnect();
            throw new SocketTimeoutException("no answer");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    /** Where the body begins in the file: at what was asked for, or at 0 if the server does not do ranges. */
    private static long acceptedOffset(HttpURLConnection connection, long asked) throws IOException {
        int status = connection.getResponseCode();
        if (status == HttpURLConnection.HTTP_OK) {
            return 0;
        }
        String range = connection.getHeaderField("Content-Range");
        if (status == HttpURLConnection.HTTP_PARTIAL && range != null && range.startsWith("bytes " + asked + "-")) {
            return asked;
        }
        throw new IOException("HTTP status " + status);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case UnknownHostException host -> "its host name is not known here: are you offline?";
            case SocketTimeoutException timeout -> "no answer in time";
            case ConnectException refused -> "no connection";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }
}
