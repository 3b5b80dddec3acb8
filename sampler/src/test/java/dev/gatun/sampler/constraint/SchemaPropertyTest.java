package dev.gatun.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.sampler.TokenFilter;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random schemas; texts found by walking along the masks at random; another implementation says whether they are valid. */
class SchemaPropertyTest {
    private static final int MOST_BYTES = 4000;

    private static String schema(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 12 : 7)) {
            case 0 -> string(random);
            case 1 -> "{\"type\":\"integer\"" + bounds(random, 1) + "}";
            case 2 -> "{\"type\":\"number\"" + bounds(random, random.nextBoolean() ? 1 : 100) + "}";
            case 3 -> "{\"enum\":[\"a\\\"b\",1,null,{\"x\":[true]},\"é\"]}";
            case 4 -> "{\"type\":[\"boolean\",\"null\"]}";
            case 5 -> "{\"const\":" + random.nextInt() + "}";
            case 6 -> "{\"$ref\":\"#/$defs/node\"}";
            case 7, 8 -> object(random, depth);
            case 9 -> array(random, depth);
            case 10 -> "{\"anyOf\":[" + schema(random, depth - 1) + "," + schema(random, depth - 1) + "]}";
            default ->
                "{\"allOf\":[{\"properties\":{\"p\":" + schema(random, depth - 1)
                        + "},\"required\":[\"p\"]},{\"type\":\"object\",\"properties\":{\"q\":"
                        + schema(random, depth - 1) + "}}]}";
        };
    }

    private static String string(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "{\"type\":\"string\"}";
            case 1 -> {
                int min = random.nextInt(4);
                yield "{\"type\":\"string\",\"minLength\":" + min + ",\"maxLength\":" + (min + random.nextInt(20))
                        + "}";
            }
            case 2 -> {
                List<String> patterns =
                        List.of("^[a-c]{2,4}$", "x", "^\\\\d+\\\\.\\\\d$|^no$", "^[^a-z]", "\\\"\\\\w$", "^(é|😀)*$");
                yield "{\"type\":\"string\",\"pattern\":\"" + patterns.get(random.nextInt(patterns.size())) + "\"}";
            }
            default -> {
                List<String> formats = List.of("date", "date-time", "uuid", "ipv4");
                yield "{\"type\":\"string\",\"format\":\"" + formats.get(random.nextInt(formats.size())) + "\"}";
            }
        };
    }

    private static String bounds(Random random, int divisor) {
        int scale = divisor == 1 ? 0 : 2;
        int from = random.nextInt(4000) - 2000;
        BigDecimal low = BigDecimal.valueOf(from, scale);
        BigDecimal high = BigDecimal.valueOf(from + random.nextInt(3000) + 2 * divisor, scale);
        String bounds = "";
        if (random.nextBoolean()) {
            bounds += ",\"" + (random.nextBoolean() ? "minimum" : "exclusiveMinimum") + "\":" + low;
        }
        if (random.nextBoolean()) {
            bounds += ",\"" + (random.nextBoolean() ? "maximum" : "exclusiveMaximum") + "\":" + high;
        }
        return bounds;
    }

    private static String object(Random random, int depth) {
        List<String> properties = new ArrayList<>();
        List<String> required = new ArrayList<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            String name = List.of("a", "ab", "\\\"q", "é").get(i);
            properties.add("\"" + name + "\":" + schema(random, depth - 1));
            if (random.nextBoolean()) {
                required.add("\"" + name + "\"");
            }
        }
        String additional = switch (random.nextInt(4)) {
            case 0 -> ",\"additionalProperties\":false";
            case 1 -> ",\"additionalProperties\":" + schema(random, depth - 1);
            case 2 -> ",\"additionalProperties\":true";
            default -> "";
        };
        return "{\"type\":\"object\",\"properties\":{" + String.join(",", properties) + "},\"required\":["
                + String.join(",", required) + "]" + additional + "}";
    }

    private static String array(Random random, int depth) {
        int min = random.nextInt(3);
        int max = min + random.nextInt(3);
        String prefix = random.nextBoolean() ? ",\"prefixItems\":[" + schema(random, depth - 1) + "]" : "";
        return "{\"type\":\"array\",\"items\":" + schema(random, depth - 1) + prefix + ",\"minItems\":" + min
                + (random.nextBoolean() ? ",\"maxItems\":" + max : "") + "}";
    }

    /** A text that the masks allow, if it comes to an end soon enough. */
    static Optional<String> walk(Grammar grammar, Random random) {
        TokenFilter filter = grammar.begin(Texts.BYTES);
        var text = new ByteArrayOutputStream();
        int[] choices = new int[256];
        while (text.size() < MOST_BYTES) {
            if (filter.mayEnd() && random.nextInt(3) == 0) {
                return Optional.of(text.toString(StandardCharsets.UTF_8));
            }
            int count = 0;
            for (int value = 0; value < 256; value++) {
                if (Texts.isAllowed(filter, value)) {
                    choices[count++] = value;
                }
            }
            if (count == 0) {
                assertEquals(true, filter.mayEnd() && filter.mustEnd(), text::toString);
                return Optional.of(text.toString(StandardCharsets.UTF_8));
            }
            int value = choices[random.nextInt(count)];
            for (char closing : new char[] {'"', '}', ']'}) {
                value = Texts.isAllowed(filter, closing) && random.nextInt(4) == 0 ? closing : value;
            }
            filter.accept(value);
            text.write(value);
        }
        return Optional.empty();
    }

    @Property(tries = 120)
    void whatIsAllowedIsValid(@ForAll long seed) {
        Random random = new Random(seed);
        String inner = schema(random, 3);
        String schema =
                "{\"$defs\":{\"node\":{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"},\"next\":"
                        + "{\"anyOf\":[{\"type\":\"null\"},{\"$ref\":\"#/$defs/node\"}]}},\"required\":[\"next\"]}},"
                        + inner.substring(1);
        Grammar grammar = Grammar.jsonSchema(schema);
        Validator validator = new Validator(schema);
        for (int i = 0; i < 5; i++) {
            Optional<String> text = walk(grammar, random);
            text.ifPresent(value -> assertEquals("", validator.faults(value), () -> schema + " ~ " + value));
        }
    }

    /** The other implementation refuses some offsets that RFC 3339 allows, so that the JDK judges. */
    @Property(tries = 50)
    void timesAreTimes(@ForAll long seed) {
        Random random = new Random(seed);
        Grammar grammar = Grammar.jsonSchema("{\"type\":\"string\",\"format\":\"time\"}");
        String text = walk(grammar, random).orElseThrow();
        OffsetTime time = OffsetTime.parse(text.substring(1, text.length() - 1));
        assertEquals(text.substring(1, 9), time.toLocalTime().withNano(0).format(DateTimeFormatter.ISO_TIME));
    }
}
