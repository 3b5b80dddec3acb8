package dev.gatun.sampler.constraint;

import java.util.List;
import java.util.Map;

/** Strings of a length in code points, a pattern, or a format. */
final class StringSchema {
    /** From here on, a character is a rule of its own: that makes repetitions small. */
    private static final int FEW = 16;

    private static final String DATE = "\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";

    private static final String OFFSET =
            "(?:Z|\\+(?:0\\d|1[0-4]):[0-5]\\d|-(?:0[1-9]|1[0-4]):[0-5]\\d|-00:(?:0[1-9]|[1-5]\\d))";

    private static final String TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,3})?" + OFFSET;

    private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

    /** Each allows valid texts only, though not all of them: no 29 February, no offset of -00:00 or of 15 hours, addresses of moderate length. */
    private static final Map<String, String> FORMATS = Map.of(
            "date",
            DATE,
            "time",
            TIME,
            "date-time",
            "(?:" + DATE + ")T" + TIME,
            "uuid",
            "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
            "ipv4",
            "(?:" + BYTE + "\\.){3}" + BYTE,
            "email",
            "[A-Za-z0-9]{1,20}(?:[._+-][A-Za-z0-9]{1,20}){0,2}@(?:[A-Za-z0-9]{1,20}\\.){1,3}[A-Za-z]{2,10}");

    private StringSchema() {}

    static Expr expr(SchemaCompiler compiler, Keywords keywords) {
        boolean hasLength = keywords.hasAny("minLength", "maxLength");
        for (String name : List.of("pattern", "format")) {
            if (keywords.has(name) && (hasLength || keywords.hasAny("pattern") == keywords.hasAny("format"))) {
                throw keywords.unsupported(name, "pattern, format and bounds of the length do not go together");
            }
        }
        if (keywords.has("pattern")) {
            return JsonText.quoted(JsonText.escaped(pattern(keywords)));
        }
        if (keywords.has("format")) {
            String name = keywords.text("format").orElseThrow();
            String format = FORMATS.get(name);
            if (format == null) {
                throw keywords.unsupported(
                        "format",
                        "the format " + Json.quote(name) + " is none of "
                                + FORMATS.keySet().stream().sorted().toList());
            }
            return JsonText.quoted(RegexParser.whole(format));
        }
        if (!hasLength) {
            return compiler.anyString();
        }
        int min = keywords.count("minLength", 0);
        int max = keywords.count("maxLength", Expr.UNBOUNDED);
        if (min > max) {
            throw keywords.error("minLength", "it is " + min + ", above maxLength, " + max);
        }
        int copies = max == Expr.UNBOUNDED ? min : max;
        Expr character = copies > FEW ? compiler.character() : JsonText.CHARACTER;
        return JsonText.quoted(Expr.repeat(character, min, max));
    }

    private static Expr pattern(Keywords keywords) {
        String pattern = keywords.text("pattern").orElseThrow();
        try {
            return RegexParser.search(pattern);
        } catch (InvalidConstraintException e) {
            throw new InvalidConstraintException(
                    e.getMessage() + " It is the pattern at " + keywords.place("pattern") + ".");
        }
    }
}
