package dev.gatun.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table that readers see is the one that the code has. */
class KnownFieldsTest {
    private static final Path README = Path.of(System.getProperty("gatun.root", "."), "runtime/server/README.md");

    @Test
    void theReadmesTableIsTheCodes() throws Exception {
        List<String> table = Files.readAllLines(README).stream()
                .dropWhile(line -> !line.startsWith("| field |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        List<String> expected =
                KnownFields.all().stream().map(KnownFieldsTest::row).toList();
        assertEquals(expected, table, () -> "write this into the README:\n" + String.join("\n", expected));
    }

    private static String row(KnownFields.Field field) {
        String where = field.where().stream()
                .map(place -> place.name().toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(", "));
        return "| `" + field.name() + "` | " + where + " | "
                + field.treatment().name().toLowerCase(Locale.ROOT) + " | " + field.note() + " |";
    }
}
