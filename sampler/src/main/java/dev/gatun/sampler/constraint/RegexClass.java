package dev.gatun.sampler.constraint;

/** Reads classes of characters and escapes in a regular expression. */
final class RegexClass {
    static final CodePointSet LINE_END = CodePointSet.of('\n', '\n', '\r', '\r', 0x2028, 0x2029);

    private static final CodePointSet DIGIT = CodePointSet.of('0', '9');
    private static final CodePointSet WORD = CodePointSet.of('0', '9', 'A', 'Z', 'a', 'z', '_', '_');
    private static final CodePointSet SPACE = CodePointSet.of('\t', '\r', ' ', ' ');
    private static final int LAST_ASCII = 0x7F;

    private final PatternText text;

    RegexClass(PatternText text) {
        this.text = text;
    }

    /** What follows a [, up to its ]. */
    CodePointSet bracket(int start) {
        if (text.startsWith(":") || text.startsWith("=") || text.startsWith(".")) {
            refusePosix(start);
        }
        boolean negated = text.skip("^");
        if (text.peek() == ']') {
            throw text.error(start, "a class is empty; write \\] for the character");
        }
        CodePointSet set = CodePointSet.NONE;
        while (!text.skip("]")) {
            set = set.or(member(start));
        }
        return negated ? set.not() : set;
    }

    private void refusePosix(int start) {
        int here = text.position();
        text.next();
        while (text.peek() >= 'a' && text.peek() <= 'z') {
            text.next();
        }
        if (text.skip(":]")) {
            throw text.error(start, "POSIX classes are not supported; write \\d, \\w, \\s or \\p{L}");
        }
        text.back(here);
    }

    private CodePointSet member(int start) {
        int from = text.position();
        CodePointSet low = single(start);
        if (!text.startsWith("-")) {
            return low;
        }
        int dash = text.position();
        text.next();
        if (text.peek() == ']') {
            text.back(dash);
            return low;
        }
        CodePointSet high = single(start);
        if (!isOne(low) || !isOne(high)) {
            throw text.error(from, "a range ends with a class; write \\- for the character");
        }
        if (high.low(0) < low.low(0)) {
            throw text.error(
                    from,
                    "a range goes from " + PatternText.show(low.low(0)) + " down to " + PatternText.show(high.low(0)));
        }
        return CodePointSet.of(low.low(0), high.low(0));
    }

    private static boolean isOne(CodePointSet set) {
        return set.rangeCount() == 1 && set.low(0) == set.high(0);
    }

    private CodePointSet single(int start) {
        int at = text.position();
        if (text.startsWith("[:")) {
            text.next();
            refusePosix(at);
            return CodePointSet.of('[', '[');
        }
        int codePoint = text.next();
        return switch (codePoint) {
            case PatternText.END -> throw text.error(start, "a class is not closed");
            case '\\' -> escape(at, true);
            default -> CodePointSet.of(codePoint, codePoint);
        };
    }

    /** What follows a backslash. */
    CodePointSet escape(int start, boolean inClass) {
        int codePoint = text.next();
        return switch (codePoint) {
            case 'd' -> DIGIT;
            case 'D' -> DIGIT.not();
            case 'w' -> WORD;
            case 'W' -> WORD.not();
            case 's' -> SPACE;
            case 'S' -> SPACE.not();
            case 'p' -> category(start);
            case 'P' -> category(start).not();
            case 't' -> one('\t');
            case 'n' -> one('\n');
            case 'r' -> one('\r');
            case 'f' -> one('\f');
            case 'v' -> one(0x0B);
            case '0' -> nul(start);
            case 'x' -> one(text.hex(2));
            case 'u' -> one(unicode(start));
            case 'b' -> {
                if (inClass) {
                    yield one('\b');
                }
                throw text.error(start, "word boundaries are not supported");
            }
            case 'B' -> throw text.error(start, "word boundaries are not supported");
            case 'A', 'Z', 'z' ->
                throw text.error(start, "the anchors \\A, \\Z and \\z are not supported; write ^ and $");
            case '1', '2', '3', '4', '5', '6', '7', '8', '9', 'k' ->
                throw text.error(start, "back references are not supported");
            case PatternText.END -> throw text.error(start, "a backslash stands at the end");
            default -> {
                if (codePoint <= LAST_ASCII && Character.isLetter(codePoint)) {
                    throw text.error(start, "there is no escape \\" + Character.toString(codePoint));
                }
                yield one(codePoint);
            }
        };
    }

    private static CodePointSet one(int codePoint) {
        return CodePointSet.of(codePoint, codePoint);
    }

    private CodePointSet nul(int start) {
        if (text.peek() >= '0' && text.peek() <= '9') {
            throw text.error(start, "octal escapes are not supported; write \\x and two hexadecimal digits");
        }
        return one(0);
    }

    private int unicode(int start) {
        if (!text.skip("{")) {
            int unit = text.hex(4);
            if (!Character.isHighSurrogate((char) unit) || !text.skip("\\u")) {
                return unit;
            }
            int low = text.hex(4);
            if (!Character.isLowSurrogate((char) low)) {
                throw text.error(start, "a surrogate has no second half");
            }
            return Character.toCodePoint((char) unit, (char) low);
        }
        int digits = 0;
        int from = text.position();
        while (text.peek() < 128 && Character.digit(text.peek(), 16) >= 0) {
            text.next();
            digits++;
        }
        if (digits < 1 || digits > 6 || text.peek() != '}') {
            throw text.error(start, "\\u{ is followed by one to six hexadecimal digits and }");
        }
        text.back(from);
        int value = text.hex(digits);
        text.next();
        return value;
    }

    private CodePointSet category(int start) {
        int from = text.position();
        String name;
        if (text.skip("{")) {
            from = text.position();
            while (text.peek() != '}' && !text.isAtEnd()) {
                text.next();
            }
            name = text.from(from);
            if (!text.skip("}")) {
                throw text.error(start, "a property does not end with }");
            }
        } else {
            text.next();
            name = text.from(from);
        }
        return UnicodeCategory.find(name)
                .orElseThrow(() -> text.error(
                        start,
                        "the property \"" + name
                                + "\" is not supported; general categories such as L, Lu, Nd and P are"));
    }
}
