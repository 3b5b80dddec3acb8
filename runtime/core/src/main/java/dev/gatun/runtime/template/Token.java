package dev.gatun.runtime.template;

/**
 * A piece of template source.
 *
 * @param text the template text, name, operator, digits, or the string with its escapes resolved
 * @param at offset in the source
 */
record Token(TokenType type, String text, int at) {
    boolean is(TokenType wanted) {
        return type == wanted;
    }

    boolean isOperator(String wanted) {
        return type == TokenType.OPERATOR && text.equals(wanted);
    }

    boolean isName(String wanted) {
        return type == TokenType.NAME && text.equals(wanted);
    }

    String described() {
        return switch (type) {
            case BLOCK_BEGIN, BLOCK_END, VARIABLE_BEGIN, VARIABLE_END, NAME, OPERATOR, INTEGER, FLOAT ->
                "'" + text + "'";
            case TEXT -> "template text";
            case STRING -> "a string";
            case END -> "the end of the template";
        };
    }
}
