package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxSyntaxException;
import java.util.ArrayList;
import java.util.List;

/** Reads the operands of instructions. */
final class OperandParser {
    private final Cursor cursor;

    OperandParser(Cursor cursor) {
        this.cursor = cursor;
    }

    Operand operand() {
        cursor.enter();
        Position position = cursor.position();
        Operand operand = single();
        if (cursor.accept("|")) {
            operand = new Operand.Pair(position, operand, single());
        }
        cursor.leave();
        return operand;
    }

    private Operand single() {
        Position position = cursor.position();
        if (cursor.accept("!")) {
            return new Operand.Not(position, operand());
        }
        if (cursor.accept("{")) {
            return new Operand.Vector(position, list("}"));
        }
        if (cursor.accept("[")) {
            return address(position);
        }
        if (ConstantExpression.begins(cursor)) {
            return ConstantExpression.read(cursor);
        }
        return name();
    }

    private Operand name() {
        Position position = cursor.position();
        String name = cursor.word("an operand");
        if (name.equals("_")) {
            return new Operand.Sink(position);
        }
        String element = "";
        if (cursor.atDotWord()) {
            element = cursor.next().text();
        }
        return new Operand.Name(position, name, element, offset());
    }

    /** Zero or more {@code +constant} and {@code -constant}. */
    private long offset() {
        long offset = 0;
        while (cursor.at("+") || cursor.at("-")) {
            boolean minus = cursor.next().is("-");
            int sign = minus ? -1 : 1;
            offset += sign * summand();
        }
        return offset;
    }

    private long summand() {
        Position position = cursor.position();
        if (ConstantExpression.begins(cursor)
                && ConstantExpression.readProduct(cursor) instanceof Operand.Int constant) {
            return constant.value();
        }
        throw new PtxSyntaxException(position, "expected an integer offset");
    }

    private Operand address(Position position) {
        Operand base =
                ConstantExpression.begins(cursor) ? ConstantExpression.read(cursor) : nameWithoutOffset(position);
        long offset = offset();
        List<Operand> coordinates = new ArrayList<>();
        while (cursor.accept(",")) {
            coordinates.add(operand());
        }
        cursor.expect("]");
        return new Operand.Address(position, base, offset, coordinates);
    }

    private Operand nameWithoutOffset(Position position) {
        String name = cursor.word("an address");
        return new Operand.Name(
                position, name, cursor.atDotWord() ? cursor.next().text() : "", 0);
    }

    private List<Operand> list(String end) {
        List<Operand> values = new ArrayList<>();
        if (!cursor.accept(end)) {
            do {
                values.add(operand());
            } while (cursor.accept(","));
            cursor.expect(end);
        }
        return values;
    }

    /** The bracketed results or arguments of a call. */
    Operand arguments() {
        Position position = cursor.position();
        cursor.expect("(");
        return new Operand.Arguments(position, list(")"));
    }
}
