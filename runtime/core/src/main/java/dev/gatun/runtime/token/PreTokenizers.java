package dev.gatun.runtime.token;

import static dev.gatun.runtime.token.CharacterClasses.LETTER;
import static dev.gatun.runtime.token.CharacterClasses.MARK;
import static dev.gatun.runtime.token.CharacterClasses.NEWLINE;
import static dev.gatun.runtime.token.CharacterClasses.NUMBER;
import static dev.gatun.runtime.token.CharacterClasses.PUNCTUATION;
import static dev.gatun.runtime.token.CharacterClasses.SPACE;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The pre-tokenizers by the names that {@code tokenizer.ggml.pre} has for them. The expressions are those of the
 * published {@code tokenizer.json} of each model.
 */
final class PreTokenizers {
    private static final Set<String> GPT2 = Set.of(
            "gpt-2",
            "phi-2",
            "mpt",
            "olmo",
            "jais",
            "trillion",
            "gigachat",
            "granite-docling",
            "roberta-bpe",
            "jina-es",
            "jina-de",
            "jina-v1-en",
            "jina-v2-es",
            "jina-v2-de",
            "jina-v2-code",
            "a.x-4.0",
            "mellum",
            "modern-bert",
            "gpt-neox");
    private static final Set<String> SINGLE_DIGITS =
            Set.of("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b");
    private static final Set<String> LLAMA3 =
            Set.of("llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2");
    private static final Set<String> LLAMA3_BY_MERGES = Set.of("dbrx", "smaug-bpe", "chatglm-bpe");
    private static final Set<String> QWEN2 = Set.of(
            "qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "grok-2", "megrez", "solar-open", "kormo", "f2llmv2");
    private static final Set<String> GPT4O = Set.of("gpt-4o", "llama4", "minimax-m2", "kanana2");
    private static final Set<String> BLOOM = Set.of("bloom", "poro-chat", "gpt3-finnish");
    private static final Set<String> DEEPSEEK3 = Set.of("deepseek-v3", "hunyuan-dense", "joyai-llm");
    private static final Set<String> OTHERS =
            Set.of("qwen35", "tekken", "deepseek-llm", "deepseek-coder", "falcon", "viking");

    private static final CodePointSet NUMBERS = CodePointSet.of(NUMBER);
    private static final CodePointSet DIGITS = CodePointSet.of(0, "09");
    private static final CodePointSet LINE_ENDS = CodePointSet.of(NEWLINE);

    private PreTokenizers() {}

    /** Every name that {@link #find} knows, in alphabetical order. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(OTHERS);
        for (Set<String> family :
                List.of(GPT2, SINGLE_DIGITS, LLAMA3, LLAMA3_BY_MERGES, QWEN2, GPT4O, BLOOM, DEEPSEEK3)) {
            names.addAll(family);
        }
        return names;
    }

    /** The pre-tokenizer of this name, or null. */
    static @Nullable PreTokenizer find(String name) {
        if (LLAMA3.contains(name)) {
            return new PreTokenizer(true, true, new Llama3Splitter(LETTER, 3));
        }
        if (name.equals("tekken")) {
            return new PreTokenizer(true, true, new CapitalSplitter(false, 1));
        }
        Splitter[] stages = stages(name);
        return stages == null ? null : new PreTokenizer(false, false, stages);
    }

    private static Splitter @Nullable [] stages(String name) {
        if (GPT2.contains(name)) {
            return new Splitter[] {new Gpt2Splitter()};
        }
        if (SINGLE_DIGITS.contains(name)) {
            return new Splitter[] {RunSplitter.single(NUMBERS), new Gpt2Splitter()};
        }
        if (LLAMA3_BY_MERGES.contains(name)) {
            return new Splitter[] {new Llama3Splitter(LETTER, 3)};
        }
        if (QWEN2.contains(name)) {
            return new Splitter[] {new Llama3Splitter(LETTER, 1)};
        }
        if (GPT4O.contains(name)) {
            return new Splitter[] {new CapitalSplitter(true, 3)};
        }
        if (BLOOM.contains(name)) {
            return new Splitter[] {bloom()};
        }
        if (DEEPSEEK3.contains(name)) {
            // The Chinese characters and the two Japanese syllabaries.
            CodePointSet eastAsian = CodePointSet.of(0, "\u4E00\u9FA5\u3040\u309F\u30A0\u30FF");
            return new Splitter[] {
                new RunSplitter(0, NUMBERS, 1, 3), RunSplitter.run(eastAsian), new DeepSeek3Splitter()
            };
        }
        return switch (name) {
            case "qwen35" -> new Splitter[] {new Llama3Splitter(LETTER | MARK, 1)};
            case "viking" -> new Splitter[] {bloom(), RunSplitter.single(NUMBERS)};
            case "falcon" ->
                new Splitter[] {
                    RunSplitter.run(CodePointSet.of(PUNCTUATION, "$$++<>^^~~||``")),
                    new Gpt2Splitter(),
                    new RunSplitter(0, DIGITS, 3, 3)
                };
            case "deepseek-llm" ->
                new Splitter[] {
                    RunSplitter.single(LINE_ENDS),
                    new RunSplitter(SPACE, casedLetters(), 1, Integer.MAX_VALUE),
                    new RunSplitter(SPACE, commonPunctuation(), 1, Integer.MAX_VALUE),
                    new TrailingSpaceSplitter(),
                    RunSplitter.run(asianScripts()),
                    RunSplitter.run(NUMBERS)
                };
            case "deepseek-coder" ->
                new Splitter[] {
                    RunSplitter.single(LINE_ENDS),
                    new RunSplitter(SPACE, CodePointSet.of(LETTER), 1, Integer.MAX_VALUE),
                    new RunSplitter(SPACE, CodePointSet.of(PUNCTUATION), 1, Integer.MAX_VALUE),
                    RunSplitter.run(asianScripts()),
                    RunSplitter.single(NUMBERS)
                };
            default -> null;
        };
    }

    /** {@code  ?[^(\s|.,!?...)]+}: everything but white space and the punctuation that ends sentences. */
    private static Splitter bloom() {
        CodePointSet set = CodePointSet.outside(SPACE, "(|.,!?\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C)");
        return new RunSplitter(RunSplitter.SPACE_ONLY, set, 1, Integer.MAX_VALUE);
    }

    private static CodePointSet asianScripts() {
        return CodePointSet.of(0, "\u4E00\u9FA5\u0800\u4E00\uAC00\uD7FF");
    }

    private static CodePointSet commonPunctuation() {
        return CodePointSet.of(0, "!/:~\uFF01\uFF0F\uFF1A\uFF5E\u2018\u201F\u3000\u3002");
    }

    /** The letters that have a case, as of Unicode 10. */
    private static CodePointSet casedLetters() {
        return CodePointSet.of(
                0,
                "AZaz\u00B5\u00B5\u00C0\u00D6\u00D8\u00F6\u00F8\u01BA\u01BC\u01BF\u01C4\u0293\u0295\u02AF"
                        + "\u0370\u0373\u0376\u0376\u0377\u0377\u037B\u037D\u037F\u037F\u0386\u0386\u0388\u038A\u038C\u038C"
                        + "\u038E\u03A1\u03A3\u03F5\u03F7\u0481\u048A\u052F\u0531\u0556\u10A0\u10C5\u13A0\u13F5\u13F8\u13FD"
                        + "\u1C90\u1CBA\u1CBD\u1CBF\u1D00\u1D2B\u1D6B\u1D77\u1D79\u1D9A\u1E00\u1F15\u1F18\u1F1D\u1F20\u1F45"
                        + "\u1F48\u1F4D\u1F50\u1F57\u1F59\u1F59\u1F5B\u1F5B\u1F5D\u1F5D\u1F5F\u1F7D\u1F80\u1FB4\u1FB6\u1FBC"
                        + "\u1FBE\u1FBE\u1FC2\u1FC4\u1FC6\u1FCC\u1FD0\u1FD3\u1FD6\u1FDB\u1FE0\u1FEC\u1FF2\u1FF4\u1FF6\u1FFC"
                        + "\u2102\u2102\u2107\u2107\u210A\u2113\u2115\u2115\u2119\u211D\u2124\u2124\u2126\u2126\u2128\u2128"
                        + "\u212A\u212D\u212F\u2134\u2139\u2139\u213C\u213F\u2145\u2149\u214E\u214E\u2183\u2183\u2184\u2184"
                        + "\u2C00\u2C7B\u2C7E\u2CE4\u2CEB\u2CEE\u2CF2\u2CF2\u2CF3\u2CF3\uA640\uA66D\uA680\uA69B\uA722\uA76F"
                        + "\uA771\uA787\uA78B\uA78E\uAB70\uABBF\uFB00\uFB06\uFB13\uFB17\uFF21\uFF3A\uFF41\uFF5A"
                        + "\uD801\uDC00\uD801\uDC4F\uD801\uDCB0\uD801\uDCD3\uD801\uDCD8\uD801\uDCFB\uD803\uDC80\uD803\uDCB2"
                        + "\uD803\uDCC0\uD803\uDCF2\uD806\uDCA0\uD806\uDCDF\uD83A\uDD00\uD83A\uDD43");
    }
}
