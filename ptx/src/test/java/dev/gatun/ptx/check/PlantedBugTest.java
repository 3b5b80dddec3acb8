package dev.gatun.ptx.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.TestKernel;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.PtxMachine;
import dev.gatun.ptx.verify.PtxEntry;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mistake of {@code planted.txt} is found by the right check at the right lines in every order; its repair is clean. */
class PlantedBugTest {
    private static final int WORDS = 256;

    /** A kernel with a mistake, as a difference to its repair. */
    record Planted(
            String name, String expected, int blocks, int threads, int launches, int cluster, List<String> lines) {
        static Planted of(String text) {
            List<String> lines = text.lines().toList();
            String[] head = lines.get(0).split(" \\| ", -1);
            String[] grid = head[2].split("x", -1);
            return new Planted(
                    head[0],
                    head[1],
                    Integer.parseInt(grid[0]),
                    Integer.parseInt(grid[1]),
                    head.length > 3 ? Integer.parseInt(head[3]) : 1,
                    head.length > 4 ? Integer.parseInt(head[4]) : 1,
                    lines.stream().skip(1).toList());
        }

        private List<String> without(String prefix) {
            return lines.stream()
                    .filter(line -> !line.startsWith(prefix))
                    .map(line -> line.replaceFirst("^[-+] ", ""))
                    .toList();
        }

        String mistaken() {
            return String.join("\n", without("+ "));
        }

        String repaired() {
            return String.join("\n", without("- "));
        }

        /** The marked lines, as lines of the whole text. */
        Set<Integer> marks() {
            Set<Integer> marks = new TreeSet<>();
            List<String> written = without("+ ");
            for (int i = 0; i < written.size(); i++) {
                if (written.get(i).endsWith("// <-")) {
                    marks.add(TestKernel.FIRST_LINE + i);
                }
            }
            return marks;
        }

        /** Whether the order of the run decides what is found. */
        boolean isByOrder() {
            return expected.contains(" or ");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Planted> planted() throws IOException {
        try (InputStream stream = PlantedBugTest.class.getResourceAsStream("planted.txt")) {
            String text = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
            List<Planted> all = new ArrayList<>();
            for (String part : text.substring(text.indexOf("\n## ") + 4).split("\n## ", -1)) {
                all.add(Planted.of(part));
            }
            return all;
        }
    }

    private static void run(String body, Planted planted, String order, Checker checker) {
        LaunchOptions options = LaunchOptions.DEFAULT
                .withOrder(order)
                .withStepLimit(10_000)
                .withCluster(Dim3.of(planted.cluster))
                .withWatcher(checker);
        PtxEntry entry = TestKernel.module(body).entry("k");
        try (PtxMachine machine = new PtxMachine()) {
            long in = machine.allocate(4 * WORDS);
            long out = machine.allocate(4 * WORDS);
            machine.fill(in, (byte) 0, 4 * WORDS);
            machine.fill(out, (byte) 0, 4 * WORDS);
            MemorySegment parameters = MemorySegment.ofArray(new long[] {in, out});
            for (int launch = 0; launch < planted.launches; launch++) {
                machine.launch(entry, Dim3.of(planted.blocks), Dim3.of(planted.threads), 0, parameters, options);
            }
        }
    }

    private static Set<Integer> lines(Finding finding) {
        Set<Integer> lines = new TreeSet<>(Set.of(finding.then().line()));
        if (finding.first() != null) {
            lines.add(finding.first().line());
        }
        return lines;
    }

    private static void assertFound(Planted planted, String order) {
        Checker checker = Checker.all();
        PtxFault fault = null;
        try {
            run(planted.mistaken(), planted, order, checker);
        } catch (PtxFault stopped) {
            fault = stopped;
        }
        String faultText = String.valueOf(fault == null ? "no fault" : fault.getMessage());
        for (String expected : planted.expected().split(" or ", -1)) {
            boolean found = checker.findings().stream()
                    .anyMatch(finding -> finding.check().name().equals(expected)
                            && lines(finding).equals(planted.marks()));
            int faultLine = fault == null ? 0 : fault.line();
            boolean stopped = fault != null
                    && fault.kind().name().equals(expected)
                    && (planted.isByOrder()
                            || planted.marks().stream()
                                    .allMatch(mark -> faultLine == mark || faultText.contains("line " + mark + ":")));
            if (found || stopped) {
                return;
            }
        }
        fail(order + ": no " + planted.expected() + " at " + planted.marks() + ":\n" + checker.report("k.ptx")
                + faultText);
    }

    @ParameterizedTest
    @MethodSource("planted")
    void isFoundAtItsLinesAndItsRepairIsClean(Planted planted) {
        for (String order : List.of("forward", "reverse", "random(5)")) {
            assertFound(planted, order);
            Checker checker = Checker.all();
            run(planted.repaired(), planted, order, checker);
            assertEquals("========= 0 kinds of errors\n", checker.report("k.ptx"), order);
        }
    }

    /** Memory that was given back stays out of bounds. */
    @Test
    void useAfterFreeIsAFault() {
        try (PtxMachine machine = new PtxMachine()) {
            PtxEntry entry = TestKernel.module("ld.global.u32 %r0, [%in];\nst.global.u32 [%out], %r0;")
                    .entry("k");
            long in = machine.allocate(64);
            long out = machine.allocate(64);
            machine.fill(in, (byte) 0, 64);
            MemorySegment parameters = MemorySegment.ofArray(new long[] {in, out});
            machine.launch(entry, Dim3.of(1), Dim3.of(1), 0, parameters);
            machine.free(out);
            machine.allocate(64);
            PtxFault fault =
                    assertThrows(PtxFault.class, () -> machine.launch(entry, Dim3.of(1), Dim3.of(1), 0, parameters));
            assertEquals(PtxFault.Kind.ADDRESS, fault.kind());
            assertEquals(TestKernel.FIRST_LINE + 1, fault.line());
        }
    }

    @Test
    void everyCheckHasItsMistakes() throws IOException {
        List<Planted> all = planted();
        assertTrue(all.size() >= 45, () -> all.size() + " are planted");
        Set<String> expected = all.stream()
                .flatMap(planted -> Stream.of(planted.expected().split(" or ", -1)))
                .collect(Collectors.toSet());
        for (Check check : Check.values()) {
            assertTrue(expected.contains(check.name()), () -> "nothing planted for " + check);
        }
    }
}
