package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real browser without a window, where the machine has one. */
public final class Browser {
    private final Path program;
    private final Path folder;

    private Browser(Path program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /** The machine's Chromium, or the test is skipped; {@code folder} is for what it writes. */
    public static Browser requireChromium(Path folder) {
        Optional<Path> program = Stream.of(System.getenv("PATH").split(":", -1))
                .flatMap(place -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(place, name)))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), "no Chromium on the PATH; install the package chromium to run this test");
        return new Browser(program.orElseThrow(), folder);
    }

    /** What a page looked like. */
    public record Visit(String document, List<String> complaints, Path picture) {}

    /** Opens a page that is a file, and gives the document after its load, the console's lines and a picture of it. */
    public Visit open(Path page) throws IOException, InterruptedException {
        Path picture = folder.resolve("page.png");
        String document = run(page, "--dump-dom");
        run(page, "--screenshot=" + picture, "--window-size=1200,2400");
        List<String> complaints = Files.readAllLines(folder.resolve("browser.log")).stream()
                .filter(line -> line.contains(":CONSOLE"))
                .toList();
        return new Visit(document, complaints, picture);
    }

    /** A page that can be typed into and asked; close it to end the browser. */
    BrowserTab tab() throws IOException, InterruptedException {
        List<String> command = command();
        command.add("--remote-debugging-port=0");
        command.add("--window-size=1200,800");
        Path log = folder.resolve("browser.log");
        Process process = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("browser.out").toFile())
                .redirectError(log.toFile())
                .start();
        return BrowserTab.of(process, log);
    }

    private List<String> command() throws IOException {
        return new ArrayList<>(List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--enable-logging=stderr",
                "--user-data-dir=" + Files.createTempDirectory(folder, "profile")));
    }

    private String run(Path page, String... more) throws IOException, InterruptedException {
        List<String> command = command();
        command.addAll(List.of(more));
        command.add(page.toUri().toString());
        Path out = folder.resolve("browser.out");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("browser.log").toFile())
                .start();
        if (!process.waitFor(90, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("the browser did not end within 90 s");
        }
        assertEquals(0, process.exitValue(), () -> "the browser's exit code");
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
