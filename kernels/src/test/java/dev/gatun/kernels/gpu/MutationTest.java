package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A kernel with one changed instruction does not pass for the kernel. The recorded survey must be of the kernels as they are
 * and find nine of ten; the slow suite judges the first mutants of each again. {@code -Dgatun.mutants=100} makes the record
 * anew, of all kernels or of those that {@code -Dgatun.mutants.kernels} matches.
 */
class MutationTest {
    private static final double REQUIRED_SHARE = 0.9;
    private static final int SAMPLE = 6;
    private static final int THREADS = 2;

    @Test
    void everyKernelHasQuestions() throws IOException {
        assertEquals(new TreeSet<>(PtxSourceTest.names()), Judges.kernels());
    }

    @Test
    void nineOfTenMutantsOfEachKernelAreNoticed() throws IOException {
        MutationTable table = MutationTable.load();
        List<String> wanting = new ArrayList<>();
        for (String kernel : Judges.kernels()) {
            MutationTable.Row row = table.rows().get(kernel);
            if (row == null) {
                wanting.add(kernel + " has no row");
            } else if (!row.fingerprint().equals(MutationTable.fingerprint(kernel))) {
                wanting.add(kernel + " has changed since it was surveyed");
            } else if (row.share() < REQUIRED_SHARE) {
                wanting.add(kernel + ": only " + row.noticed() + " of " + row.mutants());
            }
        }
        assertEquals(List.of(), wanting, "-Dslow -Dgatun.mutants=100 makes the table anew");
    }

    @Tag("slow")
    @Test
    void mutantsThatWereNoticedStillAre() throws IOException {
        int asked = Integer.getInteger("gatun.mutants", 0);
        String kernels = System.getProperty("gatun.mutants.kernels", ".*");
        List<MutationSurvey> surveys = new ArrayList<>();
        for (String kernel : Judges.kernels()) {
            if (kernel.matches(kernels)) {
                surveys.add(MutationSurvey.of(kernel, asked == 0 ? SAMPLE : asked, THREADS));
            }
        }
        if (asked != 0) {
            MutationTable.load().with(surveys).write();
        }
        MutationTable table = MutationTable.load();
        for (MutationSurvey survey : surveys) {
            MutationTable.Row row = table.rows().get(survey.kernel());
            for (Mutant survivor : survey.survivors()) {
                assertTrue(
                        row != null && row.names(survivor),
                        () -> "nobody notices " + survey.kernel() + ", " + survivor);
            }
        }
    }
}
