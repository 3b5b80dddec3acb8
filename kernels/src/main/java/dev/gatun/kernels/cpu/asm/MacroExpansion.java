package dev.gatun.kernels.cpu.asm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Replaces {@code .macro name a, b ... .endm} at each use and {@code .irp x, 1, 2 ... .endr} by its copies, as GNU as
 * does: {@code \a} stands for an argument, {@code \()} for nothing, and quotes keep commas together.
 */
final class MacroExpansion {
    private static final int MOST_LINES = 100_000;
    private static final int DEEPEST = 16;

    private record Macro(List<String> parameters, List<SourceLine> body) {}

    private final Map<String, Macro> macros = new HashMap<>();
    private final List<SourceLine> out = new ArrayList<>();

    private MacroExpansion() {}

    static List<SourceLine> expand(String text) {
        List<SourceLine> lines = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            int comment = line.indexOf('#');
            lines.add(new SourceLine(++number, comment < 0 ? line : line.substring(0, comment)));
        }
        MacroExpansion expansion = new MacroExpansion();
        expansion.expand(lines, 0);
        return expansion.out;
    }

    private void expand(List<SourceLine> lines, int depth) {
        for (int i = 0; i < lines.size(); i++) {
            SourceLine line = lines.get(i);
            String word = line.firstWord();
            Macro macro = macros.get(word);
            if (depth > DEEPEST) {
                throw line.error(0, "macros nest deeper than " + DEEPEST);
            }
            if (word.equals(".macro")) {
                int end = end(lines, i, ".macro", ".endm");
                define(line, lines.subList(i + 1, end));
                i = end;
            } else if (word.equals(".irp")) {
                int end = end(lines, i, ".irp", ".endr");
                repeat(line, lines.subList(i + 1, end), depth);
                i = end;
            } else if (macro != null) {
                call(line, word, macro, depth);
            } else {
                add(line);
            }
        }
    }

    private void add(SourceLine line) {
        if (!line.text().isBlank()) {
            if (out.size() == MOST_LINES) {
                throw line.error(0, "macros expand to more than " + MOST_LINES + " lines");
            }
            out.add(line);
        }
    }

    private static int end(List<SourceLine> lines, int begin, String opening, String closing) {
        int open = 0;
        for (int i = begin; i < lines.size(); i++) {
            String word = lines.get(i).firstWord();
            open += word.equals(opening) ? 1 : word.equals(closing) ? -1 : 0;
            if (open == 0) {
                return i;
            }
        }
        throw lines.get(begin).error(0, opening + " without " + closing);
    }

    private void define(SourceLine line, List<SourceLine> body) {
        String rest = line.rest();
        String[] words = rest.isEmpty() ? new String[0] : rest.split("[\\s,]+", -1);
        for (String word : words) {
            if (!word.matches("[A-Za-z_]\\w*")) {
                throw line.error(0, ".macro takes names: " + word);
            }
        }
        if (words.length == 0) {
            throw line.error(0, ".macro without a name");
        }
        macros.put(words[0], new Macro(List.of(words).subList(1, words.length), List.copyOf(body)));
    }

    private void repeat(SourceLine line, List<SourceLine> body, int depth) {
        List<String> words = arguments(line, line.rest());
        if (words.size() < 2 || !words.getFirst().matches("[A-Za-z_]\\w*")) {
            throw line.error(0, ".irp takes a name and values");
        }
        for (String value : words.subList(1, words.size())) {
            expand(substitute(body, List.of(words.getFirst()), List.of(value)), depth + 1);
        }
    }

    private void call(SourceLine line, String name, Macro macro, int depth) {
        List<String> arguments = arguments(line, line.rest());
        if (arguments.size() != macro.parameters().size()) {
            throw line.error(
                    line.firstIndex(),
                    name + " takes " + macro.parameters().size() + " arguments: found " + arguments.size());
        }
        expand(substitute(macro.body(), macro.parameters(), arguments), depth + 1);
    }

    private static List<String> arguments(SourceLine line, String text) {
        List<String> arguments = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                arguments.add(word.toString().strip());
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        if (quoted) {
            throw line.error(0, "a quote is not closed");
        }
        if (!text.isEmpty()) {
            arguments.add(word.toString().strip());
        }
        return arguments;
    }

    private static List<SourceLine> substitute(List<SourceLine> body, List<String> names, List<String> values) {
        List<SourceLine> lines = new ArrayList<>();
        for (SourceLine line : body) {
            lines.add(new SourceLine(line.number(), substitute(line.text(), names, values)));
        }
        return lines;
    }

    private static String substitute(String text, List<String> names, List<String> values) {
        StringBuilder to = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '\\') {
                to.append(c);
                i++;
                continue;
            }
            int end = i + 1;
            while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
                end++;
            }
            int index = names.indexOf(text.substring(i + 1, end));
            if (index >= 0) {
                to.append(values.get(index));
                i = text.startsWith("\\()", end) ? end + 3 : end;
            } else {
                to.append(c);
                i++;
            }
        }
        return to.toString();
    }
}
