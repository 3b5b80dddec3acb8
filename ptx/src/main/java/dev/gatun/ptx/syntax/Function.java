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
        @Nullable List<Statement> body) {}
