package dev.gatun.kernels.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * The recorded survey of all kernels: a line for each, and under it the mutants that nobody noticed.
 *
 * @param rows by kernel
 */
record MutationTable(Map<String, Row> rows) {
    private static final Path FILE =
            Path.of(System.getProperty("gatun.root", ".."), "kernels/src/test/resources/mutants.txt");

    private static final String HEADER = """
            # Mutants of every kernel: one changed instruction each, drawn at random, judged by what the kernel computes in two
            # orders of blocks and warps and by all checkers. Survivors follow their kernel; many of them mean the same as the
            # kernel does: a store that more lanes make of the same value, a rounding that bounds allow, a bound that is not met.
            # Made by: mvn -pl kernels -am test -Dslow -Dtest=MutationTest -Dsurefire.failIfNoSpecifiedTests=false -Dgatun.mutants=100
            #
            # kernel                    mutants  noticed    share  text
            """;

    /**
     * What was found of one kernel.
     *
     * @param fingerprint of the text that was mutated
     * @param survivors their descriptions
     */
    record Row(int mutants, int noticed, String fingerprint, Set<String> survivors) {
        double share() {
            return (double) noticed / mutants;
        }
    }

    static MutationTable load() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        Set<String> survivors = new HashSet<>();
        for (String line : Files.readAllLines(FILE)) {
            if (line.startsWith(" ")) {
                survivors.add(line.substring(line.indexOf(", ") + 2));
            } else if (!line.startsWith("#")) {
                String[] cells = line.split(" +", -1);
                survivors = new HashSet<>();
                int mutants = Integer.parseInt(cells[1]);
                rows.put(cells[0], new Row(mutants, Integer.parseInt(cells[2]), cells[5], survivors));
            }
        }
        return new MutationTable(rows);
    }

    static void write(Collection<MutationSurvey> surveys) throws IOException {
        List<String> lines = new ArrayList<>();
        int mutants = 0;
        int noticed = 0;
        for (MutationSurvey survey : surveys) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-27s %7d  %7d  %5.1f %%  %s",
                    survey.kernel(),
                    survey.mutants(),
                    survey.noticed(),
                    100.0 * survey.noticed() / survey.mutants(),
                    fingerprint(survey.kernel())));
            survey.survivors().forEach(survivor -> lines.add("    " + survivor));
            mutants += survey.mutants();
            noticed += survey.noticed();
        }
        lines.add(String.format(
                Locale.ROOT, "# all %d kernels: %d of %d mutants noticed", surveys.size(), noticed, mutants));
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, HEADER + String.join("\n", lines) + "\n");
    }

    /** Of what a kernel's text does; comments and white space do not count. */
    static String fingerprint(String kernel) {
        CRC32 sum = new CRC32();
        for (String line : KernelTexts.text(kernel).split("\n", -1)) {
            String code = line.replaceFirst("//.*", "").replaceAll("\\s+", " ").strip();
            sum.update(code.getBytes(StandardCharsets.UTF_8));
        }
        return String.format(Locale.ROOT, "%08x", sum.getValue());
    }
}
