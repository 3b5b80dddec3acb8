package dev.gatun.sampler.constraint;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The general categories of Unicode, as this JVM knows them. */
final class UnicodeCategory {
    private static final Map<String, Integer> TYPES = Map.ofEntries(
            Map.entry("Lu", (int) Character.UPPERCASE_LETTER),
            Map.entry("Ll", (int) Character.LOWERCASE_LETTER),
            Map.entry("Lt", (int) Character.TITLECASE_LETTER),
            Map.entry("Lm", (int) Character.MODIFIER_LETTER),
            Map.entry("Lo", (int) Character.OTHER_LETTER),
            Map.entry("Mn", (int) Character.NON_SPACING_MARK),
            Map.entry("Mc", (int) Character.COMBINING_SPACING_MARK),
            Map.entry("Me", (int) Character.ENCLOSING_MARK),
            Map.entry("Nd", (int) Character.DECIMAL_DIGIT_NUMBER),
            Map.entry("Nl", (int) Character.LETTER_NUMBER),
            Map.entry("No", (int) Character.OTHER_NUMBER),
            Map.entry("Pc", (int) Character.CONNECTOR_PUNCTUATION),
            Map.entry("Pd", (int) Character.DASH_PUNCTUATION),
            Map.entry("Ps", (int) Character.START_PUNCTUATION),
            Map.entry("Pe", (int) Character.END_PUNCTUATION),
            Map.entry("Pi", (int) Character.INITIAL_QUOTE_PUNCTUATION),
            Map.entry("Pf", (int) Character.FINAL_QUOTE_PUNCTUATION),
            Map.entry("Po", (int) Character.OTHER_PUNCTUATION),
            Map.entry("Sm", (int) Character.MATH_SYMBOL),
            Map.entry("Sc", (int) Character.CURRENCY_SYMBOL),
            Map.entry("Sk", (int) Character.MODIFIER_SYMBOL),
            Map.entry("So", (int) Character.OTHER_SYMBOL),
            Map.entry("Zs", (int) Character.SPACE_SEPARATOR),
            Map.entry("Zl", (int) Character.LINE_SEPARATOR),
            Map.entry("Zp", (int) Character.PARAGRAPH_SEPARATOR),
            Map.entry("Cc", (int) Character.CONTROL),
            Map.entry("Cf", (int) Character.FORMAT),
            Map.entry("Co", (int) Character.PRIVATE_USE),
            Map.entry("Cn", (int) Character.UNASSIGNED));

    private static final Map<String, CodePointSet> KNOWN = new ConcurrentHashMap<>();

    private UnicodeCategory() {}

    /** The code points of a category, such as {@code Lu}, or of a group of them, such as {@code L}. */
    static Optional<CodePointSet> find(String name) {
        boolean isKnown = TYPES.containsKey(name)
                || (name.length() == 1 && TYPES.keySet().stream().anyMatch(type -> type.startsWith(name)));
        return isKnown ? Optional.of(KNOWN.computeIfAbsent(name, UnicodeCategory::scan)) : Optional.empty();
    }

    private static CodePointSet scan(String name) {
        int types = 0;
        for (var entry : TYPES.entrySet()) {
            types |= entry.getKey().startsWith(name) ? 1 << entry.getValue() : 0;
        }
        int[] bounds = new int[64];
        int length = 0;
        int first = -1;
        for (int codePoint = 0; codePoint <= CodePointSet.LAST + 1; codePoint++) {
            boolean isIn = codePoint <= CodePointSet.LAST && (types >> Character.getType(codePoint) & 1) == 1;
            if (isIn && first < 0) {
                first = codePoint;
            } else if (!isIn && first >= 0) {
                if (length == bounds.length) {
                    bounds = Arrays.copyOf(bounds, 2 * length);
                }
                bounds[length++] = first;
                bounds[length++] = codePoint - 1;
                first = -1;
            }
        }
        return CodePointSet.of(Arrays.copyOf(bounds, length));
    }
}
