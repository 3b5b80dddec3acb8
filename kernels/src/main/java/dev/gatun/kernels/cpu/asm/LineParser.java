package dev.gatun.kernels.cpu.asm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one instruction; owns the grammar of operands. */
final class LineParser {
    private static final List<String> R64 = List.of(
            "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15");
    private static final List<String> R32 = List.of(
            "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d", "r13d",
            "r14d", "r15d");
    private static final Map<String, Integer> SIZES =
            Map.of("byte", 1, "word", 2, "dword", 4, "qword", 8, "xmmword", 16, "ymmword", 32, "zmmword", 64);
    private static final int DEEPEST = 64;

    private final SourceLine line;
    private final String text;
    private final Map<String, Symbol> symbols;
    private int at;
    private int mask;
    private boolean zeroing;

    /** What {@code .equ} gives a name to: a number or a register. */
    record Symbol(long value, @Nullable String register) {}

    /** A sum inside brackets: at most one base, one scaled index, and a number. */
    private static final class Sum {
        Operand.@Nullable Register base;
        Operand.@Nullable Register index;
        int scale = 1;
        long number;
    }

    LineParser(SourceLine line, int at, Map<String, Symbol> symbols) {
        this.line = line;
        this.text = line.text();
        this.at = at;
        this.symbols = symbols;
    }

    Instruction instruction() {
        skip();
        int begin = at;
        String mnemonic = word();
        if (mnemonic.isEmpty()) {
            throw line.error(begin, "an instruction is expected: " + text.charAt(begin));
        }
        List<Operand> operands = new ArrayList<>();
        skip();
        while (at < text.length()) {
            if (!operands.isEmpty()) {
                expect(',');
            }
            operands.add(operand());
            if (operands.size() == 1) {
                decorations();
            }
            skip();
        }
        return new Instruction(line, begin, mnemonic.toLowerCase(Locale.ROOT), operands, mask, zeroing);
    }

    /** A whole line's rest as a number. */
    Symbol symbolValue() {
        skip();
        int begin = at;
        String word = word();
        skip();
        if (at == text.length()) {
            Symbol known = symbols.get(word);
            if (known != null) {
                return known;
            }
            if (register(begin, word) != null) {
                return new Symbol(0, word);
            }
        }
        at = begin;
        long value = sum(0);
        skip();
        if (at < text.length()) {
            throw line.error(at, "a number or a register is expected");
        }
        return new Symbol(value, null);
    }

    // ---- operands

    private Operand operand() {
        skip();
        int begin = at;
        if (at < text.length() && text.charAt(at) == '[') {
            return memory(begin, 0);
        }
        String word = word();
        if (!word.isEmpty() && !Character.isDigit(word.charAt(0))) {
            Operand.Register register = register(begin, word);
            if (register != null) {
                return register;
            }
            Integer byteSize = SIZES.get(word.toLowerCase(Locale.ROOT));
            if (byteSize != null) {
                skip();
                if (word().equalsIgnoreCase("ptr")) {
                    skip();
                    return memory(begin, byteSize);
                }
                throw line.error(at, "ptr is expected after " + word);
            }
            if (!symbols.containsKey(word)) {
                return new Operand.Label(begin, word);
            }
        }
        at = begin;
        return new Operand.Immediate(begin, sum(0));
    }

    private void decorations() {
        for (skip(); at < text.length() && text.charAt(at) == '{'; skip()) {
            int begin = at;
            int end = text.indexOf('}', at);
            String inside = end < 0 ? "" : text.substring(at + 1, end).strip();
            if (inside.equals("z") && mask != 0 && !zeroing) {
                zeroing = true;
            } else if (inside.matches("k[1-7]") && mask == 0) {
                mask = inside.charAt(1) - '0';
            } else {
                throw line.error(begin, "not a mask: {k1} to {k7}, then {z}");
            }
            at = end + 1;
        }
    }

    private Operand memory(int begin, int byteSize) {
        expect('[');
        Sum sum = new Sum();
        boolean negative = false;
        do {
            term(sum, negative);
            skip();
            negative = at < text.length() && text.charAt(at) == '-';
        } while (accept('+') || accept('-'));
        expect(']');
        if (sum.number != (int) sum.number) {
            throw line.error(begin, "the displacement needs more than 32 bits: " + sum.number);
        }
        if (sum.index != null && sum.index.number() == 4) {
            throw line.error(begin, "rsp is no index");
        }
        return new Operand.Memory(begin, sum.base, sum.index, sum.scale, (int) sum.number, byteSize, broadcast());
    }

    private int broadcast() {
        skip();
        if (!text.startsWith("{1to", at)) {
            return 0;
        }
        int end = text.indexOf('}', at);
        for (int n = 2; n <= 16; n *= 2) {
            if (end > 0 && text.substring(at, end).equals("{1to" + n)) {
                at = end + 1;
                return n;
            }
        }
        throw line.error(at, "not a broadcast: {1to2}, {1to4}, {1to8} or {1to16}");
    }

    private void term(Sum sum, boolean negative) {
        skip();
        int begin = at;
        Operand.Register register = register(begin, word());
        if (register == null) {
            at = begin;
            long value = product(0);
            sum.number = negative ? sum.number - value : sum.number + value;
            return;
        }
        if (register.kind() != Operand.Kind.R64 || negative) {
            throw line.error(begin, "addresses are sums of 64-bit registers");
        }
        boolean scaled = accept('*');
        if (!scaled && sum.base == null) {
            sum.base = register;
        } else if (sum.index == null) {
            long scale = scaled ? factor(0) : 1;
            if (scale != 1 && scale != 2 && scale != 4 && scale != 8) {
                throw line.error(begin, "a scale is 1, 2, 4 or 8: " + scale);
            }
            sum.index = register;
            sum.scale = (int) scale;
        } else {
            throw line.error(begin, "an address has one base and one index");
        }
    }

    private Operand.@Nullable Register register(int index, String word) {
        Symbol symbol = symbols.get(word);
        String name = (symbol != null && symbol.register() != null ? symbol.register() : word).toLowerCase(Locale.ROOT);
        int number = R64.indexOf(name);
        if (number >= 0) {
            return new Operand.Register(index, Operand.Kind.R64, number);
        }
        number = R32.indexOf(name);
        if (number >= 0) {
            return new Operand.Register(index, Operand.Kind.R32, number);
        }
        if (name.matches("k[0-7]")) {
            return new Operand.Register(index, Operand.Kind.MASK, name.charAt(1) - '0');
        }
        if (name.matches("[xyz]mm([12]?\\d|3[01])")) {
            Operand.Kind kind = switch (name.charAt(0)) {
                case 'x' -> Operand.Kind.XMM;
                case 'y' -> Operand.Kind.YMM;
                default -> Operand.Kind.ZMM;
            };
            return new Operand.Register(index, kind, Integer.parseInt(name.substring(3)));
        }
        return null;
    }

    // ---- numbers

    private long sum(int depth) {
        long value = product(depth);
        while (true) {
            if (accept('+')) {
                value += product(depth);
            } else if (accept('-')) {
                value -= product(depth);
            } else {
                return value;
            }
        }
    }

    private long product(int depth) {
        long value = factor(depth);
        while (accept('*')) {
            value *= factor(depth);
        }
        return value;
    }

    private long factor(int depth) {
        if (depth > DEEPEST) {
            throw line.error(at, "brackets nest deeper than " + DEEPEST);
        }
        if (accept('-')) {
            return -factor(depth + 1);
        }
        if (accept('(')) {
            long value = sum(depth + 1);
            expect(')');
            return value;
        }
        skip();
        int begin = at;
        String word = word();
        Symbol symbol = symbols.get(word);
        if (symbol != null && symbol.register() == null) {
            return symbol.value();
        }
        try {
            return word.startsWith("0x") ? Long.parseUnsignedLong(word.substring(2), 16) : Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw line.error(begin, "a number is expected: " + (word.isEmpty() ? "nothing" : word));
        }
    }

    // ---- characters

    private void skip() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean accept(char c) {
        skip();
        boolean found = at < text.length() && text.charAt(at) == c;
        at += found ? 1 : 0;
        return found;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw line.error(at, "'" + c + "' is expected");
        }
    }

    private String word() {
        int begin = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "_.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        return text.substring(begin, at);
    }
}
