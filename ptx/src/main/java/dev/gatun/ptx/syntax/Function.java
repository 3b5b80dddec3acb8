package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An {@code .entry} or a {@code .func}.
 *
 * @param attributes performance directives with their numbers, such as {@code maxntid} to 128, 1, 1
 * @param body       null for a declaration
 */
public record Function(
        Position position,
        boolean isEntry,
        Linkage linkage,
        String name,
        List<Variable> results,
        List<Variable> parameters,
        Map<String, List<Integer>> attributes,
        @Nullable List<Statement> body) {

    /** Whether results and parameters are of the same spaces, types and sizes, whatever their names. */
    public boolean hasSignatureOf(Function other) {
        return isEntry == other.isEntry && agree(results, other.results) && agree(parameters, other.parameters);
    }

    private static boolean agree(List<Variable> some, List<Variable> others) {
        for (int i = 0; i < Math.min(some.size(), others.size()); i++) {
            Variable a = some.get(i);
            Variable b = others.get(i);
            boolean same = a.space() == b.space()
                    && a.type() == b.type()
                    && a.vector() == b.vector()
                    && a.alignment() == b.alignment()
                    && a.dimensions().equals(b.dimensions());
            if (!same) {
                return false;
            }
        }
        return some.size() == others.size();
    }
}
