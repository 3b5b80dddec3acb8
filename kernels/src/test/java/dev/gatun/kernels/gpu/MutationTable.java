package dev.gatun.kernels.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
            # orders of blocks and warps and by all checkers. Survivors follow their kernel. Most of them mean the same as the
            # kernel does:
            # - Another lane, or all, stores what one should (is_first_lane, is_first_member, stores): a butterfly, and redux,
            #   leave the same value in all lanes, and a shfl with another clamp or mask reads the same lanes.
            # - A guard dropped (inside, holds, outside) where what is computed is used under that guard only; in
            #   attention_tile_f16 (low_counts, high_counts) where a split is after the row: its weights are 0 and it keeps
            #   all of the sums, times 1.
            # - What a running sum starts from: the first fold multiplies it by 2^(-infinity - maximum) = 0.
            # - A maximum that misses one score: it is subtracted from all, and cancels.
            # - The address of the first shared array is 0; x - 0 is x + 0; a shift by 32 is one by 31 of a sign; a bound
            #   between two steps of its loop; codes of groups whose scale is 0 already.
            # - A row or output past the last is computed as another one than the last, and not stored.
            # - A rounding whose effect is within the bounds, or is rounded away by codes or by the steps that follow.
            # Made by: mvn -pl kernels -am test -Dslow -Dtest=MutationTest -Dsurefire.failIfNoSpecifiedTests=false -Dgatun.mutants=100
            # and, for some kernels only: -Dgatun.mutants.kernels='matmul_tile_int8_.*'
            #
            # kernel                    mutants  noticed    share  text
            """;

    /**
     * What was found of one kernel.
     *
     * @param fingerprint of the text that was mutated
     * @param survivors each with its line then
     */
    record Row(int mutants, int noticed, String fingerprint, List<String> survivors) {
        static Row of(MutationSurvey survey) {
            return new Row(
                    survey.mutants(),
                    survey.noticed(),
                    MutationTable.fingerprint(survey.kernel()),
                    survey.survivors().stream().map(Mutant::toString).toList());
        }

        double share() {
            return (double) noticed / mutants;
        }

        /** Whether {@code mutant} was not noticed, in whatever line it was. */
        boolean names(Mutant mutant) {
            return survivors.stream().anyMatch(survivor -> survivor.endsWith(", " + mutant.description()));
        }
    }

    static MutationTable load() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        List<String> survivors = new ArrayList<>();
        for (String line : Files.readAllLines(FILE)) {
            if (line.startsWith(" ")) {
                survivors.add(line.strip());
            } else if (!line.startsWith("#")) {
                String[] cells = line.split(" +", -1);
                survivors = new ArrayList<>();
                int mutants = Integer.parseInt(cells[1]);
                rows.put(cells[0], new Row(mutants, Integer.parseInt(cells[2]), cells[5], survivors));
            }
        }
        return new MutationTable(rows);
    }

    /** This table with other rows for the kernels surveyed. */
    MutationTable with(Collection<MutationSurvey> surveys) {
        Map<String, Row> changed = new TreeMap<>(rows);
        surveys.forEach(survey -> changed.put(survey.kernel(), Row.of(survey)));
        return new MutationTable(changed);
    }

    void write() throws IOException {
        List<String> lines = new ArrayList<>();
        rows.forEach((kernel, row) -> {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-27s %7d  %7d  %5.1f %%  %s",
                    kernel,
                    row.mutants(),
                    row.noticed(),
                    100 * row.share(),
                    row.fingerprint()));
            row.survivors().forEach(survivor -> lines.add("    " + survivor));
        });
        lines.add(String.format(
                Locale.ROOT,
                "# all %d kernels: %d of %d mutants noticed",
                rows.size(),
                rows.values().stream().mapToInt(Row::noticed).sum(),
                rows.values().stream().mapToInt(Row::mutants).sum()));
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
