package dev.gatun.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.MissingCapabilityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done is kept and not done again, unless what it depends on has changed. */
class SuiteTest {
    private final Stand stand = Stand.open("ptxvm", 1);
    private final List<String> ran = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private List<String> inputs = List.of("one");

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        stand.close();
    }

    private final class Counting implements Part {
        private final List<Case> cases;

        Counting(Case... cases) {
            this.cases = List.of(cases);
        }

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public char letter() {
            return 'z';
        }

        @Override
        public String title() {
            return "Counting";
        }

        @Override
        public List<String> inputs() {
            return inputs;
        }

        @Override
        public List<Case> cases(Stand stand) {
            return cases;
        }
    }

    private Case noted(String name) {
        return Case.of(name, budget -> {
            ran.add(name);
            return new Row(name, Status.COUNTED, Map.of("things", 2.5), List.of(1.0, 2.0), "a | b");
        });
    }

    private Suite.Outcome run(Part part, Duration perPart, boolean again) {
        Suite suite = new Suite(stand, new ResultFolder(folder), List.of(part), perPart, lines::add, stopped::get);
        return suite.run(part, again);
    }

    private Suite.Outcome run(Part part) {
        return run(part, Duration.ofMinutes(1), false);
    }

    @Test
    void whatIsThereIsNotRepeatedUnlessAskedForOrItsInputsChanged() {
        Part part = new Counting(noted("a"), noted("b"));
        assertEquals(Suite.Outcome.COMPLETE, run(part));
        assertEquals(List.of("a", "b"), ran);
        assertEquals(Suite.Outcome.COMPLETE, run(part));
        assertEquals(2, ran.size());
        assertEquals(Suite.Outcome.COMPLETE, run(part, Duration.ofMinutes(1), true));
        assertEquals(4, ran.size());
        inputs = List.of("another");
        run(part);
        assertEquals(6, ran.size());
    }

    @Test
    void aStopKeepsWhatIsDoneAndTheNextRunGoesOn() {
        Part part = new Counting(
                noted("a"),
                Case.of("stops", budget -> {
                    stopped.set(true);
                    return noted("stops").run(budget);
                }),
                noted("c"));
        assertEquals(Suite.Outcome.STOPPED, run(part));
        assertEquals(List.of("a", "stops"), ran);
        stopped.set(false);
        assertEquals(Suite.Outcome.COMPLETE, run(part));
        assertEquals(List.of("a", "stops", "c"), ran);
    }

    @Test
    void timeThatIsUpEndsThePartAndTheTableSaysSo() throws IOException {
        Part part = new Counting(
                Case.of("sleeps", budget -> {
                    while (!budget.isSpent()) {
                        Thread.onSpinWait();
                    }
                    return noted("sleeps").run(budget);
                }),
                noted("b"));
        assertEquals(Suite.Outcome.OUT_OF_TIME, run(part, Duration.ofMillis(20), false));
        assertTrue(Files.readString(folder.resolve("gpu.md")).contains("**Not complete**"));
        assertEquals(Suite.Outcome.COMPLETE, run(part));
        assertEquals(List.of("sleeps", "b"), ran);
        assertFalse(Files.readString(folder.resolve("gpu.md")).contains("**Not complete**"));
    }

    @Test
    void failuresAreRowsAndAreTriedAgainWhileWhatTheMachineLacksIsNot() {
        Part part = new Counting(
                Case.of("fails", budget -> {
                    ran.add("fails");
                    throw new IllegalStateException("out of order");
                }),
                Case.of("lacks", budget -> {
                    ran.add("lacks");
                    throw new MissingCapabilityException("no such thing");
                }),
                noted("c"));
        assertEquals(Suite.Outcome.FAILED, run(part));
        Map<String, Row> rows = new ResultFolder(folder).rows("counting");
        assertEquals(Status.FAILED, row(rows, "fails").status());
        assertEquals("IllegalStateException: out of order", row(rows, "fails").note());
        assertEquals(Status.LACKING, row(rows, "lacks").status());
        assertEquals(Status.COUNTED, row(rows, "c").status());
        run(part);
        assertEquals(List.of("fails", "lacks", "c", "fails"), ran);
    }

    @Test
    void rowsComeBackFromTheFileAndTheTableNamesDeviceAndDate() throws IOException {
        Part part = new Counting(noted("a"));
        run(part);
        Row row = new ResultFolder(folder).rows("counting").get("a");
        assertEquals(new Row("a", Status.COUNTED, Map.of("things", 2.5), List.of(1.0, 2.0), "a | b"), row);
        String table = Files.readString(folder.resolve("gpu.md"));
        assertTrue(table.contains("| case | device | date | result | things | note |"), table);
        assertTrue(
                table.matches(
                        "(?s).*\\| a \\| PTX machine \\| \\d{4}-\\d\\d-\\d\\d \\| counted \\| 2.500 \\| a \\\\\\| b \\|.*"),
                table);
        assertTrue(table.contains("no GPU; driver none"), table);
        String json = Files.readString(folder.resolve("counting.json"));
        for (String key : List.of("schema", "fingerprint", "chip", "driver", "jdk", "commit", "samples_us", "date")) {
            assertTrue(json.contains(key), key);
        }
    }

    @Test
    void figuresThatAreNoNumbersComeBackToo() {
        Row odd = Row.of("odd", Status.MEASURED, "of two")
                .with("infinite", Double.POSITIVE_INFINITY)
                .with("none", Double.NaN);
        run(new Counting(Case.of("odd", budget -> odd)));
        assertEquals(odd, new ResultFolder(folder).rows("counting").get("odd"));
    }

    @Test
    void aFileOfAnotherHandIsWrittenAnew() throws IOException {
        Files.writeString(folder.resolve("counting.json"), "{ not JSON");
        Part part = new Counting(noted("a"));
        assertEquals(Suite.Outcome.COMPLETE, run(part));
        assertNotEquals("{ not JSON", Files.readString(folder.resolve("counting.json")));
    }

    private static Row row(Map<String, Row> rows, String name) {
        return Objects.requireNonNull(rows.get(name), name);
    }
}
