package dev.gatun.kernels.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An instruction as text, taken apart.
 *
 * @param guard the predicate with its {@code @}, or empty
 * @param operation opcode and modifiers
 * @param operands as written, the destination first
 */
record PtxInstruction(String guard, String operation, List<String> operands) {
    private static final Pattern PARTS = Pattern.compile("(@!?%\\w+\\s+)?([^\\s;]+)\\s*(.*?);", Pattern.DOTALL);

    PtxInstruction {
        operands = List.copyOf(operands);
    }

    /** Reads {@code text}, which ends in a semicolon. */
    static PtxInstruction parse(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not an instruction: " + text);
        }
        String guard = parts.group(1);
        return new PtxInstruction(guard == null ? "" : guard.strip(), parts.group(2), split(parts.group(3)));
    }

    /** Cuts at the commas outside brackets and braces. */
    static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int begin = 0;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
            } else if (c == ',' && depth == 0) {
                parts.add(list.substring(begin, i).strip());
                begin = i + 1;
            }
        }
        if (!list.isBlank()) {
            parts.add(list.substring(begin).strip());
        }
        return parts;
    }

    String opcode() {
        int dot = operation.indexOf('.');
        return dot < 0 ? operation : operation.substring(0, dot);
    }

    /** Whether {@code modifier}, without its dot, is one of the operation's. */
    boolean has(String modifier) {
        return List.of(operation.split("\\.", -1)).contains(modifier);
    }

    PtxInstruction withGuard(String other) {
        return new PtxInstruction(other, operation, operands);
    }

    PtxInstruction withOperation(String other) {
        return new PtxInstruction(guard, other, operands);
    }

    PtxInstruction withOperands(List<String> others) {
        return new PtxInstruction(guard, operation, others);
    }

    PtxInstruction withOperand(int index, String other) {
        List<String> others = new ArrayList<>(operands);
        others.set(index, other);
        return withOperands(others);
    }

    PtxInstruction withOperandsSwapped(int first, int second) {
        return withOperand(first, operands.get(second)).withOperand(second, operands.get(first));
    }

    @Override
    public String toString() {
        String body = operands.isEmpty() ? operation : operation + " " + String.join(", ", operands);
        return (guard.isEmpty() ? body : guard + " " + body) + ";";
    }
}
