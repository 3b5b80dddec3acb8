package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits template source into tokens, with {@code trim_blocks} and {@code lstrip_blocks} on: the newline after a block
 * or comment goes, and so do blanks before one that starts a line. {@code -} takes all white space, {@code +} keeps it.
 */
final class Lexer {
    private static final String[] OPERATORS = {
        "**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";"
    };

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();
    private int at;

    private Lexer(String source) {
        this.source = source;
    }

    /** The tokens of a source whose newlines are normalised, ended by one {@link TokenType#END}. */
    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source);
        lexer.root();
        lexer.add(TokenType.END, "", source.length());
        return lexer.tokens;
    }

    private void root() {
        while (at < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                add(TokenType.TEXT, source.substring(at), at);
                return;
            }
            boolean lineStarts = at == 0 || source.charAt(at - 1) == '\n';
            int from = at;
            char kind = source.charAt(tag + 1);
            at = tag + 2;
            char sign = sign();
            addText(source.substring(from, tag), from, sign, kind != '{', lineStarts);
            switch (kind) {
                case '#' -> comment(tag);
                case '{' -> variable(tag);
                default -> block(tag);
            }
        }
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private char sign() {
        char c = at < source.length() ? source.charAt(at) : ' ';
        if (c == '-' || c == '+') {
            at++;
            return c;
        }
        return ' ';
    }

    private void addText(String text, int from, char sign, boolean stripsLine, boolean lineStarts) {
        int end = text.length();
        if (sign == '-') {
            while (end > 0 && PythonChars.isSpace(text.charAt(end - 1))) {
                end--;
            }
        } else if (sign != '+' && stripsLine) {
            int line = text.lastIndexOf('\n') + 1;
            int blank = line;
            while (blank < end && PythonChars.isSpace(text.charAt(blank))) {
                blank++;
            }
            if (blank == end && (line > 0 || lineStarts)) {
                end = line;
            }
        }
        if (end > 0) {
            add(TokenType.TEXT, text.substring(0, end), from);
        }
    }

    private void comment(int tag) {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw TemplateException.at(source, tag, "the comment is not closed; close it with '#}'");
        }
        char sign = end > at ? source.charAt(end - 1) : ' ';
        at = end + 2;
        afterTag(sign);
    }

    private void afterTag(char sign) {
        if (sign == '-') {
            skipSpace();
        } else if (sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
    }

    private void skipSpace() {
        while (at < source.length() && PythonChars.isSpace(source.charAt(at))) {
            at++;
        }
    }

    private void variable(int tag) {
        add(TokenType.VARIABLE_BEGIN, "{{", tag);
        while (true) {
            skipSpace();
            if (open.isEmpty() && source.startsWith("-}}", at)) {
                add(TokenType.VARIABLE_END, "}}", at);
                at += 3;
                skipSpace();
                return;
            }
            if (open.isEmpty() && source.startsWith("}}", at)) {
                add(TokenType.VARIABLE_END, "}}", at);
                at += 2;
                return;
            }
            token(tag);
        }
    }

    private void block(int tag) {
        if (raw(tag)) {
            return;
        }
        add(TokenType.BLOCK_BEGIN, "{%", tag);
        while (true) {
            skipSpace();
            boolean signed = source.startsWith("-%}", at) || source.startsWith("+%}", at);
            if (open.isEmpty() && (signed || source.startsWith("%}", at))) {
                char sign = source.charAt(at);
                add(TokenType.BLOCK_END, "%}", at);
                at += signed ? 3 : 2;
                afterTag(sign);
                return;
            }
            token(tag);
        }
    }

    /** Whether the block that begins here is {@code raw}; its text is then consumed up to {@code endraw}. */
    private boolean raw(int tag) {
        int body = wordThenEnd(at, "raw");
        if (body < 0) {
            return false;
        }
        if (source.charAt(body - 3) == '-') {
            while (body < source.length() && PythonChars.isSpace(source.charAt(body))) {
                body++;
            }
        }
        boolean lineStarts = source.charAt(body - 1) == '\n';
        for (int i = source.indexOf("{%", body); i >= 0; i = source.indexOf("{%", i + 1)) {
            at = i + 2;
            char sign = sign();
            int end = wordThenEnd(at, "endraw");
            if (end >= 0) {
                addText(source.substring(body, i), body, sign, true, lineStarts);
                at = end;
                afterTag(source.charAt(end - 3));
                return true;
            }
        }
        throw TemplateException.at(source, tag, "the raw block is not closed; close it with '{% endraw %}'");
    }

    private int wordThenEnd(int from, String word) {
        int i = from;
        while (i < source.length() && PythonChars.isSpace(source.charAt(i))) {
            i++;
        }
        if (!source.startsWith(word, i)) {
            return -1;
        }
        i += word.length();
        while (i < source.length() && PythonChars.isSpace(source.charAt(i))) {
            i++;
        }
        if (source.startsWith("-%}", i) || (source.startsWith("+%}", i) && word.equals("endraw"))) {
            return i + 3;
        }
        return source.startsWith("%}", i) ? i + 2 : -1;
    }

    private void token(int tag) {
        if (at >= source.length()) {
            throw TemplateException.at(source, tag, "the tag is not closed");
        }
        int start = at;
        int c = source.codePointAt(at);
        if (c == '"' || c == '\'') {
            at = StringLiteral.end(source, at);
            add(TokenType.STRING, StringLiteral.value(source, start + 1, at - 1), start);
        } else if (c >= '0' && c <= '9') {
            number();
        } else if (PythonChars.isNameStart(c)) {
            while (at < source.length() && PythonChars.isNamePart(source.codePointAt(at))) {
                at += Character.charCount(source.codePointAt(at));
            }
            add(TokenType.NAME, source.substring(start, at), start);
        } else {
            operator();
        }
    }

    private void number() {
        int start = at;
        if (source.charAt(at) == '0' && at + 1 < source.length() && "bBoOxX".indexOf(source.charAt(at + 1)) >= 0) {
            at += 2;
            while (at < source.length() && (Character.digit(source.charAt(at), 16) >= 0 || source.charAt(at) == '_')) {
                at++;
            }
            add(TokenType.INTEGER, source.substring(start, at), start);
            return;
        }
        digits();
        boolean afterDot = start > 0 && source.charAt(start - 1) == '.';
        boolean isFloat = false;
        if (!afterDot && peek(0) == '.' && isDigit(peek(1))) {
            isFloat = true;
            at++;
            digits();
        }
        int exponent = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
        if (!afterDot && (peek(0) == 'e' || peek(0) == 'E') && isDigit(peek(exponent))) {
            isFloat = true;
            at += exponent;
            digits();
        }
        add(isFloat ? TokenType.FLOAT : TokenType.INTEGER, source.substring(start, at), start);
    }

    private void digits() {
        while (isDigit(peek(0)) || (peek(0) == '_' && isDigit(peek(1)))) {
            at++;
        }
    }

    private char peek(int ahead) {
        return at + ahead < source.length() ? source.charAt(at + ahead) : '\0';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void operator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                balance(operator.charAt(0));
                add(TokenType.OPERATOR, operator, at);
                at += operator.length();
                return;
            }
        }
        throw TemplateException.at(
                source, at, "unexpected character '" + Character.toString(source.codePointAt(at)) + "'");
    }

    private void balance(char c) {
        switch (c) {
            case '(' -> open.append(')');
            case '[' -> open.append(']');
            case '{' -> open.append('}');
            case ')', ']', '}' -> {
                int last = open.length() - 1;
                if (last < 0 || open.charAt(last) != c) {
                    throw TemplateException.at(source, at, "unexpected '" + c + "'");
                }
                open.setLength(last);
            }
            default -> {}
        }
    }

    private void add(TokenType type, String text, int offset) {
        tokens.add(new Token(type, text, offset));
    }
}
