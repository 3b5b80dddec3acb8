package dev.gatun.ptx.assembler;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.verify.Form;
import dev.gatun.ptx.verify.FormSamples;
import dev.gatun.ptx.verify.Forms;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The verifier takes and refuses what ptxas takes and refuses, and points at the same line. */
class AgreementTest {
    static List<Program> accepted() throws IOException {
        return Program.load("accepted.txt");
    }

    static List<Program> refused() throws IOException {
        return Program.load("refused.txt");
    }

    static List<Program> disputed() throws IOException {
        return Program.load("disputed.txt");
    }

    static List<Program> all() throws IOException {
        return Stream.of(accepted(), refused(), disputed())
                .flatMap(List::stream)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void takesWhatPtxasTakes(Program program) {
        assertEquals("accepted", program.verdict());
        assertEquals("accepted", program.ownVerdict());
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWhatPtxasRefusesOnTheSameLine(Program program) {
        String recorded = Program.place(program.verdict());
        String own = program.ownVerdict();
        if (recorded.equals("nowhere")) {
            assertFalse(own.equals("accepted"), program.verdict());
        } else {
            assertEquals(recorded, Program.place(own), () -> own + "; ptxas: " + program.verdict());
        }
    }

    @ParameterizedTest
    @MethodSource("disputed")
    void differsOnlyWhereItIsSaid(Program program) {
        assertFalse(program.verdict().equals(program.ours()), "no dispute");
        assertEquals(program.ours(), Program.place(program.ownVerdict()));
    }

    @Test
    void corpusHoldsTwoHundredOfEach() throws IOException {
        assertTrue(accepted().size() >= 200 && refused().size() >= 200);
        List<Program> all = all();
        assertEquals(
                all.size(),
                new HashSet<>(all.stream().map(Program::text).toList()).size(),
                "a program stands twice in the corpus");
    }

    @Tag("slow")
    @Test
    void ptxasSaysWhatIsRecorded() throws IOException {
        Ptxas ptxas = Ptxas.orSkip();
        assertAll(all().stream()
                .map(program -> () -> assertEquals(program.verdict(), program.verdict(ptxas), program.text())));
    }

    /** Every row of the table with every choice of every slot, at one late version and target, not each row's least. */
    @Tag("slow")
    @Test
    void ptxasTakesEverySampleOfEveryForm() {
        Ptxas ptxas = Ptxas.orSkip();
        assertAll(Forms.groups().values().stream()
                .flatMap(List::stream)
                .map(form -> () -> assertEquals("{}", complaints(ptxas, form), form::pattern)));
    }

    private static String complaints(Ptxas ptxas, Form form) {
        return ptxas.complaints(FormSamples.module("8.8", "sm_90a", FormSamples.of(form)), "sm_90a")
                .toString();
    }
}
