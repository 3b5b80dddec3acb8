package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxSyntaxException;
import dev.gatun.ptx.syntax.Statement.Guard;
import dev.gatun.ptx.syntax.Statement.Instruction;
import java.util.ArrayList;
import java.util.List;

/** Reads the body of a function. */
final class BodyParser {
    private final Cursor cursor;
    private final OperandParser operands;
    private final DeclarationParser declarations;

    BodyParser(Cursor cursor) {
        this.cursor = cursor;
        this.operands = new OperandParser(cursor);
        this.declarations = new DeclarationParser(cursor);
    }

    /** The statements between braces. */
    List<Statement> block() {
        List<Statement> statements = new ArrayList<>();
        cursor.expect("{");
        cursor.enter();
        while (!cursor.accept("}")) {
            if (cursor.peek().kind() == Token.Kind.END) {
                throw cursor.error("expected '}' but found the end of the text");
            }
            statement(statements);
        }
        cursor.leave();
        return statements;
    }

    private void statement(List<Statement> into) {
        Position position = cursor.position();
        if (cursor.at("{")) {
            into.add(new Statement.Scope(position, block()));
        } else if (cursor.atDotWord()) {
            directive(into);
        } else if (cursor.atWord() && cursor.peek(1).is(":")) {
            String name = cursor.next().text();
            cursor.next();
            label(into, position, name);
        } else {
            into.add(instruction());
        }
    }

    private void label(List<Statement> into, Position position, String name) {
        if (cursor.acceptDot("branchtargets") || cursor.acceptDot("calltargets")) {
            List<String> targets = new ArrayList<>();
            do {
                targets.add(cursor.word("a target"));
            } while (cursor.accept(","));
            cursor.expect(";");
            into.add(new Statement.Targets(position, name, targets));
        } else if (cursor.acceptDot("callprototype")) {
            skipStatement();
            into.add(new Statement.Prototype(position, name));
        } else {
            into.add(new Statement.Label(position, name));
        }
    }

    private void directive(List<Statement> into) {
        Position position = cursor.position();
        if (declarations.begins()) {
            for (Variable variable : declarations.statement(Linkage.NONE)) {
                into.add(new Statement.Declaration(variable.position(), variable));
            }
        } else if (cursor.acceptDot("loc")) {
            into.add(sourceLine(position));
        } else if (cursor.acceptDot("pragma")) {
            cursor.string();
            while (cursor.accept(",")) {
                cursor.string();
            }
            cursor.expect(";");
        } else {
            throw cursor.error("directive " + cursor.peek().describe() + " is not allowed in a body");
        }
    }

    private Statement sourceLine(Position position) {
        int file = cursor.integer("a file index");
        int line = cursor.integer("a line");
        int column = cursor.integer("a column");
        while (cursor.accept(",")) {
            cursor.word("function_name or inlined_at");
            while (!cursor.at(",") && cursor.peek().line() == position.line()) {
                cursor.next();
            }
        }
        return new Statement.SourceLine(position, file, line, column);
    }

    private void skipStatement() {
        while (!cursor.accept(";")) {
            if (cursor.next().kind() == Token.Kind.END) {
                throw cursor.error("expected ';' but found the end of the text");
            }
        }
    }

    private Instruction instruction() {
        Token first = cursor.peek();
        Guard guard = null;
        if (cursor.accept("@")) {
            boolean negated = cursor.accept("!");
            Position position = cursor.position();
            guard = new Guard(position, cursor.word("a predicate"), negated);
        }
        Position position = cursor.position();
        String opcode = cursor.word("an instruction");
        if (opcode.startsWith("%")) {
            throw new PtxSyntaxException(position, "expected an instruction but found '" + opcode + "'");
        }
        List<String> modifiers = new ArrayList<>();
        while (cursor.atDotWord()) {
            modifiers.add(cursor.next().text());
        }
        List<Operand> values = new ArrayList<>();
        if (!cursor.at(";")) {
            boolean call = opcode.equals("call");
            do {
                values.add(call && cursor.at("(") ? operands.arguments() : operands.operand());
            } while (cursor.accept(","));
        }
        if (!cursor.at(";")) {
            throw cursor.error("expected ',' or ';' but found " + cursor.peek().describe());
        }
        String text = cursor.textFrom(first) + ";";
        cursor.next();
        return new Instruction(position, guard, opcode, List.copyOf(modifiers), List.copyOf(values), text);
    }
}
