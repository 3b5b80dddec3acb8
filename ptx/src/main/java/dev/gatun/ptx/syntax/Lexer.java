package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxSyntaxException;
import java.util.ArrayList;
import java.util.List;

/** Cuts PTX text into tokens; comments and white space fall away. */
final class Lexer {
    private static final String[] LONG_SYMBOLS = {"<<", ">>", "<=", ">=", "==", "!=", "&&", "||"};
    private static final String SYMBOLS = "{}[]()<>,;:!|&+-*/%=~^?@";

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int lineStart;

    private Lexer(String text) {
        this.text = text;
    }

    static List<Token> tokens(String text) {
        return new Lexer(text).run();
    }

    private List<Token> run() {
        while (skipBlank()) {
            next();
        }
        tokens.add(new Token(Token.Kind.END, "", line, column(at), at));
        return tokens;
    }

    private int column(int offset) {
        return offset - lineStart + 1;
    }

    private char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
    }

    private PtxSyntaxException error(int offset, String message) {
        return new PtxSyntaxException(new Position(line, column(offset)), message);
    }

    /** Moves to the next token; false at the end. */
    private boolean skipBlank() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                at++;
                line++;
                lineStart = at;
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
                at++;
            } else if (c == '/' && peek(1) == '/') {
                while (at < text.length() && text.charAt(at) != '\n') {
                    at++;
                }
            } else if (c == '/' && peek(1) == '*') {
                skipBlockComment();
            } else if (c == '\0' && text.substring(at).isBlank()) {
                return false;
            } else {
                return true;
            }
        }
        return false;
    }

    private void skipBlockComment() {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
            throw error(at, "comment without end");
        }
        for (; at < end + 2; at++) {
            if (text.charAt(at) == '\n') {
                line++;
                lineStart = at + 1;
            }
        }
    }

    private void next() {
        int start = at;
        char c = text.charAt(at);
        if (c == '.' && isWordPart(peek(1))) {
            at++;
            dotWord(start);
        } else if (isWordStart(c)) {
            word(start);
        } else if (c == '%' && isWordPart(peek(1))) {
            word(start);
        } else if (c >= '0' && c <= '9') {
            number(start);
        } else if (c == '"') {
            string(start);
        } else {
            symbol(start);
        }
    }

    private void add(Token.Kind kind, String value, int start) {
        tokens.add(new Token(kind, value, line, column(start), start));
    }

    private void dotWord(int start) {
        skipWord();
        while (peek(0) == ':' && peek(1) == ':' && isWordPart(peek(2))) {
            at += 2;
            skipWord();
        }
        add(Token.Kind.DOT_WORD, text.substring(start + 1, at), start);
    }

    private void word(int start) {
        at++;
        skipWord();
        add(Token.Kind.WORD, text.substring(start, at), start);
    }

    private void skipWord() {
        while (isWordPart(peek(0))) {
            at++;
        }
    }

    private void number(int start) {
        char second = Character.toLowerCase(peek(1));
        if (peek(0) == '0' && (second == 'f' || second == 'd')) {
            at += 2;
            int digits = second == 'f' ? 8 : 16;
            int first = at;
            while (Character.digit(peek(0), 16) >= 0) {
                at++;
            }
            if (at - first != digits || isWordPart(peek(0))) {
                throw error(start, "0" + second + " takes exactly " + digits + " hexadecimal digits");
            }
            add(Token.Kind.REAL, text.substring(start, at), start);
            return;
        }
        skipWord();
        boolean real = false;
        String digits = text.substring(start, at);
        if (!digits.startsWith("0x") && !digits.startsWith("0X")) {
            if (peek(0) == '.' && Character.isDigit(peek(1))) {
                real = true;
                at++;
                skipWord();
            } else if (peek(0) == '.' && !isWordPart(peek(1))) {
                real = true;
                at++;
            }
            char last = text.charAt(at - 1);
            if ((last == 'e' || last == 'E') && (peek(0) == '+' || peek(0) == '-')) {
                at++;
                skipWord();
            }
            real |= text.substring(start, at).matches(".*[eE][+-]?\\d+");
        }
        add(real ? Token.Kind.REAL : Token.Kind.INTEGER, text.substring(start, at), start);
    }

    private void string(int start) {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != '"' && text.charAt(end) != '\n') {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= text.length() || text.charAt(end) != '"') {
            throw error(start, "string without end");
        }
        at = end + 1;
        add(Token.Kind.STRING, text.substring(start + 1, end), start);
    }

    private void symbol(int start) {
        for (String symbol : LONG_SYMBOLS) {
            if (text.startsWith(symbol, at)) {
                at += 2;
                add(Token.Kind.SYMBOL, symbol, start);
                return;
            }
        }
        char c = text.charAt(at);
        if (SYMBOLS.indexOf(c) < 0) {
            throw error(start, "unexpected character '" + c + "'" + (c == '#' ? "; PTX is not preprocessed here" : ""));
        }
        at++;
        add(Token.Kind.SYMBOL, String.valueOf(c), start);
    }

    private static boolean isWordStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    }

    private static boolean isWordPart(char c) {
        return isWordStart(c) || (c >= '0' && c <= '9');
    }
}
