package dev.gatun.runtime.token;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The splitters against the published expressions, evaluated by {@code java.util.regex}. */
class PreTokenizersTest {
    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String LINES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    private static final String HEAD = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String TAIL = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String BLOOM = " ?[^(\\s|.,!?\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C)]+";
    private static final String ASIAN = "[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+";
    private static final String CASED = "[A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293"
            + "\u0295-\u02AF\u0370-\u0373\u0376\u0377\u037B-\u037D\u037F\u0386\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03F5"
            + "\u03F7-\u0481\u048A-\u052F\u0531-\u0556\u10A0-\u10C5\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA\u1CBD-\u1CBF"
            + "\u1D00-\u1D2B\u1D6B-\u1D77\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57"
            + "\u1F59\u1F5B\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4\u1FC6-\u1FCC\u1FD0-\u1FD3"
            + "\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107\u210A-\u2113\u2115\u2119-\u211D\u2124"
            + "\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139\u213C-\u213F\u2145-\u2149\u214E\u2183\u2184\u2C00-\u2C7B"
            + "\u2C7E-\u2CE4\u2CEB-\u2CEE\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E"
            + "\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17\uFF21-\uFF3A\uFF41-\uFF5A\\x{10400}-\\x{1044F}\\x{104B0}-\\x{104D3}"
            + "\\x{104D8}-\\x{104FB}\\x{10C80}-\\x{10CB2}\\x{10CC0}-\\x{10CF2}\\x{118A0}-\\x{118DF}\\x{1E900}-\\x{1E943}]";

    private static final Map<String, List<String>> PUBLISHED = Map.ofEntries(
            Map.entry("gpt-2", List.of(GPT2)),
            Map.entry("smollm", List.of("\\p{N}", GPT2)),
            Map.entry("starcoder", List.of("\\p{N}", GPT2)),
            Map.entry("llama-bpe", List.of(llama3("\\p{L}", "\\p{N}{1,3}"))),
            Map.entry("dbrx", List.of(llama3("\\p{L}", "\\p{N}{1,3}"))),
            Map.entry("qwen2", List.of(llama3("\\p{L}", "\\p{N}"))),
            Map.entry("qwen35", List.of(llama3("\\p{L}\\p{M}", "\\p{N}"))),
            Map.entry("gpt-4o", List.of(capitals(CONTRACTIONS + "?", "\\p{N}{1,3}"))),
            Map.entry("tekken", List.of(capitals("", "\\p{N}"))),
            Map.entry("bloom", List.of(BLOOM)),
            Map.entry("viking", List.of(BLOOM, "\\p{N}")),
            Map.entry("falcon", List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT2, "[0-9][0-9][0-9]")),
            Map.entry(
                    "deepseek-v3",
                    List.of(
                            "\\p{N}{1,3}",
                            "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+",
                            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
                                    + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*"
                                    + LINES)),
            Map.entry(
                    "deepseek-llm",
                    List.of(
                            "[\\r\\n]",
                            "\\s?" + CASED + "+",
                            "\\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002]+",
                            "\\s+$",
                            ASIAN,
                            "\\p{N}+")),
            Map.entry("deepseek-coder", List.of("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", ASIAN, "\\p{N}")));

    private static String llama3(String letters, String digits) {
        return CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?[" + letters + "]+|" + digits + "| ?[^\\s" + letters
                + "\\p{N}]+[\\r\\n]*" + LINES;
    }

    private static String capitals(String contractions, String digits) {
        return "[^\\r\\n\\p{L}\\p{N}]?" + HEAD + "*" + TAIL + "+" + contractions + "|[^\\r\\n\\p{L}\\p{N}]?" + HEAD
                + "+" + TAIL + "*" + contractions + "|" + digits + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + LINES;
    }

    static Stream<String> names() {
        return PUBLISHED.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void cutsAsThePublishedExpressionDoes(String name) {
        List<Pattern> expressions = requireNonNull(PUBLISHED.get(name)).stream()
                .map(expression -> Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS))
                .toList();
        PreTokenizer preTokenizer = preTokenizer(name);
        Random random = new Random(7);
        for (int i = 0; i < 8_000; i++) {
            String text = text(random);
            assertEquals(oracle(expressions, text), split(preTokenizer, text), () -> name + ": " + escaped(text));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void takesTimeLinearInTheText(String name) {
        PreTokenizer preTokenizer = preTokenizer(name);
        for (String unit :
                List.of(" ", "a", "A", "\u00AA", "\u00AAA", "\u0301", "1", "'", "\n", " \n", " a", "/", "\u3000")) {
            String text = unit.repeat(1_000_000 / unit.length()) + "x";
            int[] covered = {0};
            assertTimeout(
                    Duration.ofSeconds(5),
                    () -> preTokenizer.split(points(text), (points, from, end) -> covered[0] += end - from));
            assertEquals(text.length(), covered[0], unit);
        }
    }

    @Test
    void knowsEachNameThatItLists() {
        for (String name : PreTokenizers.names()) {
            assertNotNull(PreTokenizers.find(name), name);
        }
        assertTrue(PreTokenizers.names().containsAll(PUBLISHED.keySet()));
        assertNull(PreTokenizers.find("default"));
    }

    private static PreTokenizer preTokenizer(String name) {
        PreTokenizer found = PreTokenizers.find(name);
        assertNotNull(found);
        return found;
    }

    private static CodePoints points(String text) {
        CodePoints points = new CodePoints();
        points.set(text, 0, text.length());
        return points;
    }

    private static List<String> split(PreTokenizer preTokenizer, String text) {
        List<String> words = new ArrayList<>();
        preTokenizer.split(
                points(text), (points, from, end) -> words.add(new String(points.points(), from, end - from)));
        return words;
    }

    private static List<String> oracle(List<Pattern> expressions, String text) {
        List<String> pieces = List.of(text);
        for (Pattern expression : expressions) {
            List<String> finer = new ArrayList<>();
            for (String piece : pieces) {
                Matcher matcher = expression.matcher(piece);
                int at = 0;
                while (matcher.find()) {
                    if (matcher.start() > at) {
                        finer.add(piece.substring(at, matcher.start()));
                    }
                    finer.add(matcher.group());
                    at = matcher.end();
                }
                if (at < piece.length()) {
                    finer.add(piece.substring(at));
                }
            }
            pieces = finer;
        }
        return text.isEmpty() ? List.of() : pieces;
    }

    private static String text(Random random) {
        String[] common = {
            " ",
            "  ",
            "\n",
            "\r\n",
            "\t",
            "'s",
            "'S",
            "'\u017F",
            "'LL",
            "'re",
            "'vE",
            "'",
            "a",
            "Z",
            "the",
            "The",
            "1",
            "23",
            "456",
            ".",
            "!",
            "/",
            "\u00A0",
            "\u3000",
            "\u2028",
            "\u0085",
            "\u0301",
            "\u00AA",
            "\u01C5",
            "\u02B0",
            "\u4E2D",
            "\u3042",
            "\uAC00",
            "\u0663",
            "\u2167",
            "\u00BD",
            "\u212A",
            "\u20AC",
            "^",
            "|",
            "`",
            "$",
            "\u200D",
            "\uFEFF",
            "\u0000",
            "\uFF0C",
            "\u060C",
            "\u1F7D",
            "\u1FD3",
            "\uD83D\uDE00",
            "\uD801\uDC00",
            "\uFF21",
            "(",
            ")",
            "_"
        };
        int[] kinds = {0x80, 0x800, 0x3000, 0x10000, 0x20000};
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(24);
        for (int i = 0; i < length; i++) {
            if (random.nextInt(4) > 0) {
                text.append(common[random.nextInt(common.length)]);
            } else {
                int point = random.nextInt(kinds[random.nextInt(kinds.length)]);
                text.appendCodePoint(Character.getType(point) == Character.SURROGATE ? 'x' : point);
            }
        }
        return text.toString();
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append(c > 32 && c < 127 ? (char) c : String.format("\\u%04X", c)));
        return escaped.toString();
    }
}
