package dev.gatun.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cuda.StubDriver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite on a driver that computes nothing: every call of the way that a GPU will be asked, and nothing left behind. */
class StubSuiteTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    private final StubDriver driver = StubDriver.open();
    private Stand stand;

    @TempDir
    private Path folder;

    @BeforeEach
    void open() {
        driver.logging(false);
        stand = Stand.open("cuda", 1);
    }

    @AfterEach
    void nothingIsWrongAndNothingIsLeft() {
        stand.close();
        assertEquals(List.of(), driver.problems());
        assertEquals(List.of(), driver.live());
    }

    @Test
    void ceilingsAreMeasuredByTheDriversEvents() {
        Set<Status> statuses = new HashSet<>();
        for (Case one : new CeilingsPart(Size.SMALL).cases(stand)) {
            if (one.name().equals(CeilingsPart.GEMM)) {
                continue;
            }
            if (one.name().startsWith(CeilingsPart.READ)) {
                assertEquals(Status.FAILED, one.run(Budget.of(SHORT)).status(), "what is read is wrong");
                continue;
            }
            Row row = one.run(Budget.of(SHORT));
            statuses.add(row.status());
            assertTrue(row.figures().containsKey(CeilingsPart.MICROS), row.name());
            assertTrue(row.samplesMicros().size() >= Samples.LEAST, row.name());
        }
        assertEquals(Set.of(Status.MEASURED), statuses);
        assertEquals("Stub GPU 0", stand.environment().column());
    }

    @Test
    void driverCallsLeaveNoHeap() {
        Case call = new CeilingsPart(Size.SMALL).cases(stand).getLast();
        assertEquals(0, call.run(Budget.of(SHORT)).figures().getOrDefault("bytes a call", Double.NaN), 0.01);
    }

    @Test
    @Tag("slow")
    void everyOperationIsTimedHotAndCold() {
        ResultFolder results = new ResultFolder(folder);
        LadderPart part = new LadderPart(Size.SMALL, "", results);
        for (Exercise exercise : part.exercises()) {
            Row row = part.timed(stand, exercise, Budget.of(SHORT));
            assertEquals(Status.MEASURED, row.status());
            for (String figure : List.of(LadderPart.COLD, LadderPart.HOT, "GB/s")) {
                assertTrue(row.figures().containsKey(figure), row.name() + ": " + figure);
            }
            assertFalse(row.figures().containsKey("% of copy"), "no ceiling was measured");
        }
    }

    @Test
    void aDeviceThatComputesNothingGetsNoTimesButFailures() {
        ResultFolder results = new ResultFolder(folder);
        LadderPart ladder = new LadderPart(Size.SMALL, "sum of|product 1 x 256 -> 256 BF16", results);
        List<Part> parts = List.of(new ContractPart("add|rope"), new GoldenPart(results), ladder);
        for (Part part : parts) {
            Suite suite = new Suite(stand, results, parts, Duration.ofMinutes(5), line -> {}, () -> false);
            assertEquals(Suite.Outcome.FAILED, suite.run(part, false), part.name());
            for (Map.Entry<String, Row> row : results.rows(part.name()).entrySet()) {
                assertEquals(Status.FAILED, row.getValue().status(), row.toString());
                assertFalse(row.getValue().figures().containsKey(LadderPart.COLD), row.toString());
            }
        }
    }

    @Test
    void afterAStickyErrorTheNextCaseHasANewDevice() {
        ResultFolder results = new ResultFolder(folder);
        Part part = new ContractPart("add|rope|swiglu");
        stand.device();
        driver.fail(5, 700);
        Suite suite = new Suite(stand, results, List.of(part), Duration.ofMinutes(5), line -> {}, () -> false);
        assertEquals(Suite.Outcome.FAILED, suite.run(part, false));
        Map<String, Row> rows = results.rows("contract");
        assertTrue(row(rows, "add").note().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), rows.toString());
        assertTrue(row(rows, "rope").note().contains("misses its bound"), rows.toString());
    }

    private static Row row(Map<String, Row> rows, String name) {
        return Objects.requireNonNull(rows.get(name), name);
    }
}
