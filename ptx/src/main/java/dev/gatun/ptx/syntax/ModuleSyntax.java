package dev.gatun.ptx.syntax;

import java.util.List;
import java.util.Map;

/**
 * A PTX file as written.
 *
 * @param version     tenfold, 74 for 7.4
 * @param targets     for example {@code sm_80}
 * @param addressSize in bits
 * @param files       the {@code .file} table
 */
public record ModuleSyntax(
        int version,
        List<String> targets,
        int addressSize,
        List<Variable> variables,
        List<Function> functions,
        Map<Integer, String> files) {

    /**
     * Parses PTX text.
     *
     * @throws dev.gatun.ptx.PtxSyntaxException with line and column of the first thing that is not PTX
     */
    public static ModuleSyntax parse(String text) {
        return new Parser(text).module();
    }
}
