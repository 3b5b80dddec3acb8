package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;

/** One lexical element; {@code text} is without the dot of a {@link Kind#DOT_WORD} and without quotes. */
record Token(Kind kind, String text, int line, int column, int offset) {
    enum Kind {
        WORD,
        DOT_WORD,
        INTEGER,
        REAL,
        STRING,
        SYMBOL,
        END
    }

    Position position() {
        return new Position(line, column);
    }

    boolean is(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isDot(String word) {
        return kind == Kind.DOT_WORD && text.equals(word);
    }

    String describe() {
        return switch (kind) {
            case END -> "the end of the text";
            case DOT_WORD -> "'." + text + "'";
            case STRING -> "\"" + text + "\"";
            default -> "'" + text + "'";
        };
    }
}
