package dev.gatun.kernels.cpu.asm;

/**
 * One line after macros were expanded.
 *
 * @param number line of the original text, from 1
 * @param text without its comment
 */
record SourceLine(int number, String text) {

    AsmException error(int index, String message) {
        return new AsmException(number, index + 1, message);
    }

    /** The first word, empty if there is none. */
    String firstWord() {
        int begin = firstIndex();
        int end = begin;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return text.substring(begin, end);
    }

    /** Index of the first character that is not blank; the length if there is none. */
    int firstIndex() {
        int begin = 0;
        while (begin < text.length() && Character.isWhitespace(text.charAt(begin))) {
            begin++;
        }
        return begin;
    }

    /** What follows the first word, stripped. */
    String rest() {
        return text.substring(firstIndex() + firstWord().length()).strip();
    }
}
