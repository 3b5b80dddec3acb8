package dev.gatun.bench.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cli.CommandSource;
import dev.gatun.cli.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The options of {@code gatun bench gpu}. */
class GpuOptionsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<String> messages = new ArrayList<>();

    @TempDir
    private Path folder;

    private void bench(String... arguments) {
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, new ByteArrayOutputStream(), "");
        List<CommandSource> sources = new ArrayList<>();
        ServiceLoader.load(CommandSource.class).forEach(sources::add);
        assertEquals(1, sources.size());
        CommandLine line = sources.getFirst().command(console);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            messages.add(String.valueOf(e.getMessage()));
            return 2;
        });
        line.execute(arguments);
        console.flush();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--parts; a,nine; There is no part nine",
                "--minutes; 0; --minutes is 0.0",
                "--minutes; NaN; --minutes is NaN",
                "--operations; (; --operations is no regular expression",
                "--kernels; [; --kernels is no regular expression",
                "--layers; 0; --layers is 0",
                "--model; nowhere.gguf; There is no file nowhere.gguf.",
                "--device; tpu; --device is tpu",
            })
    void badValuesAreNamed(String option, String value, String message) {
        String device = option.equals("--device") ? value : "ptxvm";
        String other = option.equals("--device") ? "--minutes=1" : option + "=" + value;
        bench("gpu", "--out", folder.resolve("new").toString(), "--device", device, other);
        assertEquals(1, messages.size());
        assertTrue(messages.getFirst().contains(message), messages.getFirst());
    }

    @Test
    void partsGoByNameAndByLetterAndAreListedWithoutRunning() {
        bench("gpu", "--out", folder.toString(), "--device", "ptxvm", "--parts", "c,ceilings", "--list");
        assertEquals(List.of(), messages);
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(lines.contains("golden: ex2.approx.ftz.f32"), lines.toString());
        assertEquals("ceilings: driver call through FFM", lines.getLast());
        assertTrue(Files.notExists(folder.resolve("gpu.md")));
    }
}
