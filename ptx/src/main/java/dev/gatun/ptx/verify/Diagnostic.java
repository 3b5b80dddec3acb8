package dev.gatun.ptx.verify;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxSyntaxException;
import dev.gatun.ptx.PtxVerifyException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Something to say about PTX text.
 *
 * @param code of the rule, such as {@code unused-register}
 */
public record Diagnostic(Severity severity, Position position, String code, String message) {
    /** Whether the text can be used at all. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** What is wrong with a text, or what is odd about it if nothing is wrong; in the order of the text. */
    public static List<Diagnostic> of(String text) {
        List<Diagnostic> found = new ArrayList<>();
        try {
            PtxModule.parse(text).routines().forEach(routine -> new Lint(routine, found).run());
        } catch (PtxSyntaxException wrong) {
            String message = String.valueOf(wrong.getMessage()).substring((wrong.position() + ": ").length());
            found.add(new Diagnostic(Severity.ERROR, wrong.position(), "syntax", message));
        } catch (PtxVerifyException wrong) {
            for (PtxVerifyException.Problem problem : wrong.problems()) {
                found.add(new Diagnostic(Severity.ERROR, problem.position(), "verify", problem.message()));
            }
        }
        found.sort(Comparator.comparingInt((Diagnostic one) -> one.position().line())
                .thenComparingInt(one -> one.position().column()));
        return List.copyOf(found);
    }
}
