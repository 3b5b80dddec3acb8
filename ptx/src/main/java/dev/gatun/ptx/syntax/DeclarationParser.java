package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxSyntaxException;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Variable.Initializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads declarations of variables, registers and parameters. */
final class DeclarationParser {
    private static final int REGISTER_LIMIT = 1 << 20;
    private static final Set<String> SPACES = Set.of("reg", "global", "shared", "local", "const", "param");

    private final Cursor cursor;

    DeclarationParser(Cursor cursor) {
        this.cursor = cursor;
    }

    boolean begins() {
        return cursor.atDotWord() && SPACES.contains(cursor.peek().text());
    }

    /** One statement {@code .space ... name, name ... ;}. */
    List<Variable> statement(Linkage linkage) {
        List<Variable> variables = new ArrayList<>();
        Shape shape = shape();
        do {
            variables.add(named(linkage, shape));
        } while (cursor.accept(","));
        cursor.expect(";");
        return variables;
    }

    /** One formal parameter, up to but without the comma. */
    Variable parameter() {
        return named(Linkage.NONE, shape());
    }

    private record Shape(StateSpace space, PtxType type, int alignmentBytes, int vector) {}

    private Shape shape() {
        Token word = cursor.next();
        if (word.kind() != Token.Kind.DOT_WORD || !SPACES.contains(word.text())) {
            throw new PtxSyntaxException(
                    word.position(), "expected a state space such as .reg or .param but found " + word.describe());
        }
        StateSpace space = StateSpace.valueOf(word.text().toUpperCase(java.util.Locale.ROOT));
        int alignment = 0;
        int vector = 1;
        PtxType type = null;
        while (cursor.atDotWord()) {
            Token modifier = cursor.next();
            switch (modifier.text()) {
                case "align" -> alignment = alignment();
                case "v2" -> vector = 2;
                case "v4" -> vector = 4;
                case "ptr" -> {
                    if (cursor.atDotWord() && SPACES.contains(cursor.peek().text())) {
                        cursor.next();
                    }
                    if (cursor.acceptDot("align")) {
                        alignment();
                    }
                }
                case "attribute" -> skipBrackets();
                default -> {
                    type = PtxType.of(modifier.text());
                    if (type == null) {
                        throw new PtxSyntaxException(
                                modifier.position(), modifier.describe() + " is not a type of PTX");
                    }
                }
            }
        }
        if (type == null) {
            throw cursor.error(
                    "expected a type such as .u32 but found " + cursor.peek().describe());
        }
        return new Shape(space, type, alignment, vector);
    }

    private int alignment() {
        Position position = cursor.position();
        int bytes = cursor.integer("an alignment");
        if (bytes < 1 || bytes > 1 << 20 || Integer.bitCount(bytes) != 1) {
            throw new PtxSyntaxException(position, "alignment " + bytes + " is not a power of two");
        }
        return bytes;
    }

    private void skipBrackets() {
        cursor.expect("(");
        while (!cursor.accept(")")) {
            if (cursor.next().kind() == Token.Kind.END) {
                throw cursor.error("expected ')' but found the end of the text");
            }
        }
    }

    private Variable named(Linkage linkage, Shape shape) {
        Position position = cursor.position();
        String name = cursor.word("a name");
        int registers = 0;
        if (cursor.accept("<")) {
            registers = cursor.term("a number of registers");
            if (registers < 0 || registers > REGISTER_LIMIT) {
                throw new PtxSyntaxException(
                        position, "register range " + name + "<" + registers + "> is out of bounds");
            }
            cursor.expect(">");
        }
        List<Integer> dimensions = new ArrayList<>();
        while (cursor.accept("[")) {
            dimensions.add(extent());
        }
        Initializer initializer = cursor.accept("=") ? initializer() : null;
        Variable variable = new Variable(
                position,
                linkage,
                shape.space(),
                shape.type(),
                shape.alignmentBytes(),
                shape.vector(),
                name,
                registers,
                List.copyOf(dimensions),
                initializer);
        if (variable.isOpen() && initializer instanceof Initializer.Group group) {
            dimensions.set(0, group.values().size());
            return new Variable(
                    position,
                    linkage,
                    shape.space(),
                    shape.type(),
                    shape.alignmentBytes(),
                    shape.vector(),
                    name,
                    registers,
                    List.copyOf(dimensions),
                    initializer);
        }
        return variable;
    }

    private int extent() {
        if (cursor.accept("]")) {
            return -1;
        }
        Position position = cursor.position();
        int extent = cursor.integer("an array extent");
        if (extent < 0) {
            throw new PtxSyntaxException(position, "array extent " + extent + " is negative");
        }
        cursor.expect("]");
        return extent;
    }

    private Initializer initializer() {
        Position position = cursor.position();
        cursor.enter();
        Initializer result;
        if (cursor.accept("{")) {
            List<Initializer> values = new ArrayList<>();
            if (!cursor.accept("}")) {
                do {
                    values.add(initializer());
                } while (cursor.accept(","));
                cursor.expect("}");
            }
            result = new Initializer.Group(position, values);
        } else if (cursor.atWord() && cursor.peek().text().equals("generic")) {
            cursor.next();
            cursor.expect("(");
            Operand operand = new OperandParser(cursor).operand();
            cursor.expect(")");
            result = new Initializer.Constant(cursor.accept("+") ? moved(operand, cursor.term("an offset")) : operand);
        } else {
            result = new Initializer.Constant(new OperandParser(cursor).operand());
        }
        cursor.leave();
        return result;
    }

    private static Operand moved(Operand address, int bytes) {
        if (address instanceof Operand.Name name) {
            return new Operand.Name(name.position(), name.name(), name.element(), name.offset() + bytes);
        }
        throw new PtxSyntaxException(address.position(), "expected a variable");
    }
}
