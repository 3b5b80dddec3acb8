package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxSyntaxException;
import java.util.List;

/** The tokens still to be read. */
final class Cursor {
    private static final int DEPTH_LIMIT = 256;

    private final String text;
    private final List<Token> tokens;
    private int at;
    private int depth;

    Cursor(String text) {
        this.text = text;
        this.tokens = Lexer.tokens(text);
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    Position position() {
        return peek().position();
    }

    boolean at(String symbol) {
        return peek().is(symbol);
    }

    boolean atDot(String word) {
        return peek().isDot(word);
    }

    boolean atWord() {
        return peek().kind() == Token.Kind.WORD;
    }

    boolean atDotWord() {
        return peek().kind() == Token.Kind.DOT_WORD;
    }

    boolean accept(String symbol) {
        if (at(symbol)) {
            at++;
            return true;
        }
        return false;
    }

    boolean acceptDot(String word) {
        if (atDot(word)) {
            at++;
            return true;
        }
        return false;
    }

    void expect(String symbol) {
        if (!accept(symbol)) {
            throw error("expected '" + symbol + "' but found " + peek().describe());
        }
    }

    String word(String what) {
        if (!atWord()) {
            throw error("expected " + what + " but found " + peek().describe());
        }
        return next().text();
    }

    String string() {
        if (peek().kind() != Token.Kind.STRING) {
            throw error("expected a string but found " + peek().describe());
        }
        return next().text();
    }

    /** The value of an integer constant or constant expression that fits an int. */
    int integer(String what) {
        Token first = peek();
        if (ConstantExpression.read(this) instanceof Operand.Int constant
                && constant.value() == (int) constant.value()) {
            return (int) constant.value();
        }
        throw new PtxSyntaxException(first.position(), "expected " + what + " but found " + first.describe());
    }

    /** The value of an integer constant without operators after it. */
    int term(String what) {
        Token first = peek();
        if (ConstantExpression.readTerm(this) instanceof Operand.Int constant
                && constant.value() == (int) constant.value()) {
            return (int) constant.value();
        }
        throw new PtxSyntaxException(first.position(), "expected " + what + " but found " + first.describe());
    }

    /** The text from {@code first} to the last token read, its white space folded. */
    String textFrom(Token first) {
        Token last = tokens.get(at - 1);
        int dot = last.kind() == Token.Kind.DOT_WORD ? 1 : 0;
        return text.substring(first.offset(), last.offset() + dot + last.text().length())
                .replaceAll("//[^\\n]*", " ")
                .replaceAll("\\s+", " ");
    }

    /** Counts nesting so that hostile text ends in a message instead of a stack overflow. */
    void enter() {
        if (++depth > DEPTH_LIMIT) {
            throw error("nested more than " + DEPTH_LIMIT + " deep");
        }
    }

    void leave() {
        depth--;
    }

    PtxSyntaxException error(String message) {
        return new PtxSyntaxException(position(), message);
    }
}
