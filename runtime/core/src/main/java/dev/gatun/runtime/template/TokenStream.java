package dev.gatun.runtime.template;

import java.util.List;

/** The parser's place among the tokens, and how deep it is. */
final class TokenStream {
    private final String source;
    private final List<Token> tokens;
    private int index;
    private int depth;

    TokenStream(String source) {
        this.source = source;
        this.tokens = Lexer.tokens(source);
    }

    Token current() {
        return tokens.get(index);
    }

    int index() {
        return index;
    }

    /** Whether a name stands between a token and the current one. */
    boolean mentions(String name, int from) {
        return tokens.subList(from, index).stream().anyMatch(token -> token.isName(name));
    }

    Token ahead() {
        return tokens.get(Math.min(index + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(index);
        if (index < tokens.size() - 1) {
            index++;
        }
        return token;
    }

    boolean skipOperator(String operator) {
        if (current().isOperator(operator)) {
            next();
            return true;
        }
        return false;
    }

    boolean skipName(String name) {
        if (current().isName(name)) {
            next();
            return true;
        }
        return false;
    }

    Token expect(TokenType type, String what) {
        if (!current().is(type)) {
            throw fail("expected " + what + ", found " + current().described());
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw fail("expected '" + operator + "', found " + current().described());
        }
    }

    TemplateException fail(String message) {
        return fail(current().at(), message);
    }

    TemplateException fail(int at, String message) {
        return TemplateException.at(source, at, message);
    }

    void enter() {
        if (++depth > Budget.NESTING) {
            throw fail("the template nests deeper than " + Budget.NESTING + " levels");
        }
    }

    void leave() {
        depth--;
    }
}
