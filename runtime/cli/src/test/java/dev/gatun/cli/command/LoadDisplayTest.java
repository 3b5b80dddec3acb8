package dev.gatun.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cli.Console;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LoadDisplayTest {
    private static final long LONG_AGO = System.nanoTime() - 5_000_000_000L;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Console console(String terminals) {
        return new Console(InputStream.nullInputStream(), new ByteArrayOutputStream(), err, terminals);
    }

    private String shown() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void saysNothingOfWhatIsSoonThere() {
        try (LoadDisplay display = new LoadDisplay(console(""))) {
            display.at(10, 100);
            display.at(100, 100);
        }
        assertEquals("", shown());
    }

    @Test
    void tellsOfWeightsThatTakeTheirTime() {
        try (LoadDisplay display = new LoadDisplay(console(""), LONG_AGO)) {
            display.at(10_000_000, 100_000_000);
            display.at(100_000_000, 100_000_000);
        }
        assertTrue(shown().startsWith("loading weights: going on at 10.0 MB of 100.0 MB"), shown());
    }

    @Test
    void drawsABarOnATerminal() {
        try (LoadDisplay display = new LoadDisplay(console("2"), LONG_AGO)) {
            display.at(10_000_000, 100_000_000);
            display.at(100_000_000, 100_000_000);
        }
        assertTrue(shown().contains("loading weights 100%"), shown());
    }

    @Test
    void doesNotBeginWhenAllIsThere() {
        try (LoadDisplay display = new LoadDisplay(console(""), LONG_AGO)) {
            display.at(100, 100);
        }
        assertEquals("", shown());
    }
}
