package dev.gatun.kernels.cpu.asm;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns assembly text into machine code: a strict subset of what GNU as takes after {@code .intel_syntax noprefix}, with
 * the same bytes.
 *
 * <ul>
 *   <li>Instructions: the forms of {@code forms.txt}, masks {@code {k1}{z}}, broadcasts {@code [rsi]{1to16}}; addresses are
 *       {@code [base + index*scale + number]}, after {@code dword ptr} and its like where nothing else tells the size.
 *   <li>Labels {@code name:}; jumps take the short form where it reaches.
 *   <li>{@code .equ name, number-or-register}, {@code .macro}/{@code .endm}, {@code .irp}/{@code .endr}, {@code .globl},
 *       {@code .text}, {@code .intel_syntax noprefix}. Numbers are decimal or {@code 0x}, with {@code + - * ( )}.
 *   <li>{@code #} begins a comment.
 * </ul>
 *
 * <p>Everything else is refused with line and column.
 */
public final class Assembler {
    private static final int MOST_CHARACTERS = 1 << 20;

    /** Bytes, or a jump whose bytes depend on where things lie. */
    private static final class Piece {
        final byte[] bytes;
        final int opcode; // of the short jump
        final Operand.@Nullable Label target;
        final SourceLine line;
        final int index; // of the line's text, where it begins
        boolean near; // the form with 32 bits
        int offset;

        Piece(SourceLine line, int index, byte[] bytes, int opcode, Operand.@Nullable Label target) {
            this.line = line;
            this.index = index;
            this.bytes = bytes;
            this.opcode = opcode;
            this.target = target;
        }

        int byteSize() {
            return target == null ? bytes.length : !near ? 2 : opcode == 0xeb ? 5 : 6;
        }
    }

    /** @param piece index of the piece that follows */
    private record Label(SourceLine line, int piece) {}

    private final List<Piece> pieces = new ArrayList<>();
    private final Map<String, Label> labels = new LinkedHashMap<>();
    private final Map<String, LineParser.Symbol> symbols = new HashMap<>();
    private final Map<String, SourceLine> exports = new LinkedHashMap<>();
    private int byteSize;

    private Assembler() {}

    /**
     * Assembles {@code text}.
     *
     * @throws AsmException if the text has anything this class does not take
     */
    public static Code assemble(String text) {
        if (text.length() > MOST_CHARACTERS) {
            throw new AsmException(1, 1, "the text is longer than " + MOST_CHARACTERS + " characters");
        }
        Assembler assembler = new Assembler();
        for (SourceLine line : MacroExpansion.expand(text)) {
            assembler.line(line);
        }
        return assembler.link();
    }

    private void line(SourceLine line) {
        int at = line.firstIndex();
        String word = line.firstWord();
        if (word.endsWith(":")) {
            label(line, at, word.substring(0, word.length() - 1));
            at += word.length();
            if (!line.text().substring(at).isBlank()) {
                instruction(line, at);
            }
        } else if (word.startsWith(".")) {
            directive(line, word);
        } else {
            instruction(line, at);
        }
    }

    private void label(SourceLine line, int at, String name) {
        if (!isName(name) || symbols.containsKey(name)) {
            throw line.error(at, "not a name for a label: " + name);
        }
        if (labels.put(name, new Label(line, pieces.size())) != null) {
            throw line.error(at, "the label is there twice: " + name);
        }
    }

    private static boolean isName(String name) {
        return name.matches("[A-Za-z_]\\w*");
    }

    private void directive(SourceLine line, String word) {
        String rest = line.rest();
        switch (word) {
            case ".intel_syntax" -> {
                if (!rest.equals("noprefix")) {
                    throw line.error(0, ".intel_syntax takes noprefix");
                }
            }
            case ".text" -> {
                if (!rest.isEmpty()) {
                    throw line.error(0, ".text takes nothing");
                }
            }
            case ".globl" -> {
                if (!isName(rest)) {
                    throw line.error(0, ".globl takes a name");
                }
                exports.put(rest, line);
            }
            case ".equ" -> equ(line, rest);
            default -> throw line.error(line.firstIndex(), "unknown directive: " + word);
        }
    }

    private void equ(SourceLine line, String rest) {
        int comma = rest.indexOf(',');
        String name = comma < 0 ? rest : rest.substring(0, comma).strip();
        if (comma < 0 || !isName(name) || labels.containsKey(name)) {
            throw line.error(0, ".equ takes a name and a number or register");
        }
        int at = line.text().indexOf(',') + 1;
        symbols.put(name, new LineParser(line, at, symbols).symbolValue());
    }

    private void instruction(SourceLine line, int at) {
        Instruction instruction = new LineParser(line, at, symbols).instruction();
        List<Form> forms = Forms.of(instruction.mnemonic());
        if (forms.isEmpty()) {
            throw instruction.error("unknown instruction: " + instruction.mnemonic());
        }
        for (Form form : forms) {
            if (form.takes(instruction)) {
                boolean jumps = form.encoding() == Form.Encoding.JUMP;
                Operand first = instruction.operands().isEmpty()
                        ? null
                        : instruction.operands().getFirst();
                pieces.add(
                        jumps && first instanceof Operand.Label label
                                ? new Piece(line, at, new byte[0], form.opcode(), label)
                                : new Piece(line, at, Encoder.encode(form, instruction), 0, null));
                return;
            }
        }
        throw instruction.error("no form of " + instruction.mnemonic() + " takes these operands");
    }

    // ---- places

    private Code link() {
        boolean changed = true;
        while (changed) {
            place();
            changed = false;
            for (Piece piece : pieces) {
                if (piece.target != null && !piece.near && distance(piece) != (byte) distance(piece)) {
                    piece.near = true;
                    changed = true;
                }
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Piece piece : pieces) {
            write(piece, out);
        }
        Map<String, Integer> entries = new LinkedHashMap<>();
        exports.forEach((name, line) -> entries.put(name, offset(line, 0, name)));
        return new Code(out.toByteArray(), Collections.unmodifiableMap(entries), places());
    }

    private List<Code.Place> places() {
        List<Code.Place> places = new ArrayList<>();
        int written = 0;
        for (Map.Entry<String, Label> label : labels.entrySet()) {
            written = addPieces(places, written, label.getValue().piece);
            SourceLine line = label.getValue().line;
            places.add(new Code.Place(offset(line, 0, label.getKey()), 0, line.number(), label.getKey() + ":"));
        }
        addPieces(places, written, pieces.size());
        return List.copyOf(places);
    }

    private int addPieces(List<Code.Place> places, int begin, int end) {
        for (Piece piece : pieces.subList(begin, end)) {
            String text = piece.line.text().substring(piece.index).strip();
            places.add(new Code.Place(piece.offset, piece.byteSize(), piece.line.number(), text));
        }
        return end;
    }

    private void place() {
        int offset = 0;
        for (Piece piece : pieces) {
            piece.offset = offset;
            offset += piece.byteSize();
        }
        byteSize = offset;
    }

    private void write(Piece piece, ByteArrayOutputStream out) {
        if (piece.target == null) {
            out.writeBytes(piece.bytes);
            return;
        }
        int distance = distance(piece);
        if (!piece.near) {
            out.write(piece.opcode);
            out.write(distance);
            return;
        }
        if (piece.opcode == 0xeb) {
            out.write(0xe9);
        } else {
            out.write(0x0f);
            out.write(piece.opcode + 0x10);
        }
        for (int i = 0; i < 4; i++) {
            out.write(distance >> (8 * i));
        }
    }

    private int distance(Piece piece) {
        Operand.Label target = piece.target;
        return target == null ? 0 : offset(piece.line, target.index(), target.name()) - piece.offset - piece.byteSize();
    }

    private int offset(SourceLine line, int index, String name) {
        Label label = labels.get(name);
        if (label == null) {
            throw line.error(index, "no label has this name: " + name);
        }
        return label.piece == pieces.size() ? byteSize : pieces.get(label.piece).offset;
    }
}
