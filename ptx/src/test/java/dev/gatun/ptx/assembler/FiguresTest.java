package dev.gatun.ptx.assembler;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The registers, shared memory, stack and spills of every kernel that ships; {@code -Dslow -Dptx.figures=write} records. */
class FiguresTest {
    private static final Path SOURCES = Path.of("src/main/ptx");
    private static final Path TABLE = SOURCES.resolve("figures.tsv");
    private static final List<String> TARGETS = List.of("sm_80", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_120");
    private static final String HEAD = """
            # registers of a thread / static shared bytes of a block / stack bytes / spilled bytes, by ptxas 13.0 for each target (- where it is not for it)
            kernel\t%s
            """.formatted(String.join("\t", TARGETS));

    private static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".ptx"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .sorted()
                    .toList();
        }
    }

    private static Map<String, List<Figures>> recorded() throws IOException {
        Map<String, List<Figures>> table = new TreeMap<>();
        String text = Files.readString(TABLE);
        assertTrue(text.startsWith(HEAD), "the table begins with its two lines of head");
        text.substring(HEAD.length()).lines().forEach(line -> {
            List<String> cells = List.of(line.split("\t", -1));
            table.put(
                    cells.get(0), cells.stream().skip(1).map(Figures::parseCell).toList());
        });
        return table;
    }

    @Test
    void everyKernelIsRecordedWithoutSpillsOrStack() throws IOException {
        Map<String, List<Figures>> table = recorded();
        assertEquals(names(), List.copyOf(table.keySet()));
        table.forEach((name, cells) -> {
            assertEquals(TARGETS.size(), cells.size(), name);
            for (Figures figures : cells) {
                assertEquals(0, figures.spillBytes(), () -> name + " spills: " + figures);
                assertEquals(0, figures.stackBytes(), () -> name + " has a stack: " + figures);
                assertTrue(
                        figures.registers() <= 255 && figures.sharedBytes() <= 48 << 10, () -> name + ": " + figures);
            }
        });
    }

    /** A text with the instructions of one chip is for that alone. */
    private static Figures figures(Ptxas ptxas, String name, String target) {
        boolean isOfHopper = name.contains("_sm90a_");
        if (isOfHopper && !target.equals("sm_90")) {
            return Figures.ABSENT;
        }
        return ptxas.figures(SOURCES.resolve(name + ".ptx"), isOfHopper ? "sm_90a" : target);
    }

    @Tag("slow")
    @Test
    void figuresAreThoseOfPtxas() throws IOException {
        Ptxas ptxas = Ptxas.orSkip();
        Map<String, List<Figures>> measured = new TreeMap<>();
        for (String name : names()) {
            List<Figures> cells = new ArrayList<>();
            for (String target : TARGETS) {
                cells.add(figures(ptxas, name, target));
            }
            measured.put(name, cells);
        }
        if ("write".equals(System.getProperty("ptx.figures"))) {
            StringBuilder table = new StringBuilder(HEAD);
            measured.forEach((name, cells) -> {
                table.append(name);
                cells.forEach(cell -> table.append('\t').append(cell.cell()));
                table.append('\n');
            });
            Files.writeString(TABLE, table);
            return;
        }
        Map<String, List<Figures>> table = recorded();
        assertAll(measured.entrySet().stream()
                .map(entry -> () -> assertEquals(
                        entry.getValue(),
                        table.get(entry.getKey()),
                        () -> entry.getKey() + "; if this is meant, run with -Dslow -Dptx.figures=write")));
    }
}
