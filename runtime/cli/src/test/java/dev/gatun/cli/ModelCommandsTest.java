package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.ModelStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on the default model, where it has been fetched. */
class ModelCommandsTest {
    private static final String FOX = "The quick brown fox jumps over the lazy dog.";

    @TempDir
    private Path folder;

    @BeforeAll
    static void requireModel() {
        ModelStore store = ModelStore.ofUser(System.getenv());
        assumeTrue(
                store.find(Catalogue.entries().getFirst()).isPresent(),
                () -> "model not found in " + store.folder() + "; fetch it with: ./gatun pull smollm2");
    }

    @Test
    void runPrintsOneObjectWithAllFields() {
        Session session = Session.run("run", "--json", "--max-tokens", "5", "What is the capital of France?");
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        JsonObject result = session.json();
        assertEquals(
                List.of("text", "tokens", "prompt_tokens", "finish_reason", "metrics", "backend", "model"),
                result.names());
        assertEquals(5, result.list("tokens").size());
        assertEquals("length", result.get("finish_reason"));
        JsonObject metrics = result.object("metrics");
        assertEquals(
                List.of(
                        "ttft_ms",
                        "tpot_ms",
                        "prompt_tokens_per_second",
                        "tokens_per_second",
                        "kv_bytes",
                        "peak_memory_bytes"),
                metrics.names());
        metrics.names().forEach(name -> assertTrue(metrics.number(name) > 0, name));
        assertTrue(result.get("backend").toString().startsWith("cpu ("), result.toString());
    }

    @Test
    void runListsSeveralAnswersAndTheirLogProbabilities() {
        JsonObject result = Session.run(
                        "run",
                        "--json",
                        "--raw",
                        "--n",
                        "2",
                        "--best-of",
                        "3",
                        "--seed",
                        "1",
                        "--max-tokens",
                        "4",
                        "--logprobs",
                        "2",
                        "--prompt-logprobs",
                        "1",
                        FOX)
                .json();
        assertEquals(2, result.list("choices").size());
        JsonObject first = result.objects("choices").getFirst();
        assertEquals(List.of("index", "text", "tokens", "finish_reason", "score", "logprobs"), first.names());
        assertEquals(result.get("text"), first.get("text"));
        assertTrue(first.number("score") >= result.objects("choices").getLast().number("score"));
        JsonObject token = first.objects("logprobs").getFirst();
        assertEquals(List.of("id", "token", "logprob", "bytes", "top_logprobs"), token.names());
        assertEquals(2, token.list("top_logprobs").size());
        assertEquals(first.list("tokens").getFirst(), token.get("id"));
        List<?> prompt = result.list("prompt_logprobs");
        assertEquals(result.list("prompt_tokens").size(), prompt.size());
        assertEquals(null, prompt.getFirst());
    }

    @Test
    void runSearchesWithBeams() {
        String[] search = {"--num-beams", "3", "--num-return-sequences", "2", "--max-tokens", "4", FOX};
        JsonObject result = Session.run(with(search, "run", "--json")).json();
        assertEquals(2, result.list("choices").size());
        String out = Session.run(with(search, "run")).out();
        for (JsonObject choice : result.objects("choices")) {
            assertTrue(out.contains("[" + (choice.integer("index") + 1) + "] " + choice.get("text") + "\n"), out);
        }
    }

    @Test
    void aSearchHeedsFormsStopsLogprobsAndGroups() {
        String options = "--json --num-beams 4 --num-beam-groups 2 --diversity-penalty 1.5 --num-return-sequences 4"
                + " --early-stopping never --length-penalty 0.8 --logprobs 1 --max-tokens 12 --stop d --regex [a-z]{2,9}";
        JsonObject result = Session.run(with(options.split(" "), "run", FOX)).json();
        assertEquals(4, result.list("choices").size());
        for (JsonObject choice : result.objects("choices")) {
            assertTrue(String.valueOf(choice.get("text")).matches("[a-ce-z]{0,9}"), choice::toString);
            assertEquals("stop", choice.get("finish_reason"));
            assertEquals(choice.list("tokens").size(), choice.list("logprobs").size());
        }
    }

    @Test
    void aDraftModelGuessesAndChangesNothing() {
        String options =
                "--json --max-tokens 24 --temperature 0.8 --seed 3 --threads 1 --activations f32 --kv-type f32";
        JsonObject plain = Session.run(with(options.split(" "), "run", FOX)).json();
        JsonObject drafted = Session.run(
                        with((options + " --draft-model smollm2 --draft-tokens 3").split(" "), "run", FOX))
                .json();
        assertEquals(plain.get("tokens"), drafted.get("tokens"));
        JsonObject metrics = drafted.object("metrics");
        assertTrue(metrics.integer("drafted_tokens") > 10, drafted::toString);
        assertEquals(
                metrics.number("acceptance_rate"),
                metrics.number("accepted_tokens") / metrics.number("drafted_tokens"));
        assertTrue(metrics.number("acceptance_rate") > 0.9, drafted::toString);
        assertTrue(metrics.number("draft_ms") > 0, drafted::toString);
    }

    @Test
    void guidanceLeadsAwayFromTheNegativePrompt() {
        String options = "--json --max-tokens 8 --raw --threads 1 --guidance-scale";
        JsonObject plain =
                Session.run(with((options + " 1").split(" "), "run", FOX)).json();
        JsonObject same = Session.run(with((options + " 3").split(" "), "run", FOX, "--negative-prompt", FOX))
                .json();
        JsonObject away = Session.run(
                        with((options + " 3").split(" "), "run", FOX, "--negative-prompt", "Say nothing of animals."))
                .json();
        assertEquals(plain.get("tokens"), same.get("tokens"));
        assertFalse(plain.get("tokens").equals(away.get("tokens")), away::toString);
        JsonObject told = Session.run(with((options + " 3").replace("8", "1").split(" "), "explain", FOX))
                .json();
        assertEquals(
                "guidance",
                told.objects("steps").getFirst().objects("stages").get(1).get("stage"));
    }

    @Test
    void runGivesTheSameTextStreamedAndAsJson() {
        String[] options = {"--max-tokens", "8", "--threads", "1"};
        String text =
                (String) Session.run(with(options, "run", "--json", FOX)).json().get("text");
        Session streamed = Session.withInput(FOX + "\n", with(options, "run"));
        assertEquals(text + "\n", streamed.out());
        assertTrue(streamed.err().contains("1 thread"), streamed.err());
        assertTrue(streamed.err().contains("TTFT "), streamed.err());
    }

    @Test
    void runsOnTheTierAndTheCacheThatAreNamed() {
        for (String tier : List.of("vector", "auto")) {
            Session session = Session.run(
                    "run", "--max-tokens", "2", "--cpu-tier", tier, "--kv-type", "q8_0", "--threads", "1", FOX);
            assertEquals(ExitCode.OK, session.exitCode(), session.err());
            assertTrue(session.err().contains(", kv q8_0\n"), session.err());
            assertTrue(tier.equals("auto") || session.err().contains("cpu (vector tier: "), session.err());
        }
    }

    @Test
    void rawContinuesTheTextWithoutATemplate() {
        JsonObject raw =
                Session.run("run", "--raw", "--json", "--max-tokens", "1", FOX).json();
        JsonObject chat = Session.run("run", "--json", "--max-tokens", "1", FOX).json();
        int rawTokens = raw.list("prompt_tokens").size();
        assertEquals(Session.run("tokenize", "--json", FOX).json().get("ids"), raw.get("prompt_tokens"));
        assertTrue(chat.list("prompt_tokens").size() > rawTokens);
    }

    @Test
    @Tag("slow")
    void verboseSaysWhatEachPhaseDid() {
        String err = Session.run("run", "--verbose", "--max-tokens", "3", FOX).err();
        assertTrue(err.contains("prefill: "), err);
        assertTrue(err.contains("decode: 2 rows in 2 steps"), err);
        assertTrue(err.contains("GB/s"), err);
    }

    @Test
    @Tag("slow")
    void aSystemMessageIsPartOfThePrompt() {
        Object without =
                Session.run("run", "--json", "--max-tokens", "1", "Hi").json().get("prompt_tokens");
        Object with = Session.run("run", "--json", "--max-tokens", "1", "--system", "Be brief.", "Hi")
                .json()
                .get("prompt_tokens");
        assertFalse(without.equals(with));
    }

    @Test
    @Tag("slow")
    void refusesWhatTheModelOrTheMachineLacks() {
        assertEquals(
                ExitCode.USAGE,
                Session.run("run", "--context", "100000000", "Hi").exitCode());
        assertEquals(
                ExitCode.USAGE, Session.run("run", "--context", "9000", "Hi").exitCode());
        assertEquals(
                ExitCode.USAGE,
                Session.run("run", "--context", "64", "--raw", (FOX + " ").repeat(20))
                        .exitCode());
        Session cuda = Session.run("run", "--backend", "cuda", "Hi");
        assertEquals(ExitCode.LACKING, cuda.exitCode(), cuda.err());
    }

    @Test
    void explainTellsHowTheTokensOfRunCameAbout() throws IOException {
        Path page = folder.resolve("page.html");
        String[] options = {"--max-tokens", "4", "--temperature", "0.8", "--top-k", "5", "--seed", "3", FOX};
        JsonObject told = Session.run(
                        with(options, "explain", "--json", "--attention", "4,2", "--html", page.toString()))
                .json();
        JsonObject run = Session.run(with(options, "run", "--json")).json();
        List<JsonObject> steps = told.objects("steps");
        assertEquals(
                run.list("tokens"),
                steps.stream().map(step -> step.get("token")).toList());
        for (JsonObject step : steps) {
            assertEquals(
                    List.of("model", "temperature", "top_k"),
                    step.objects("stages").stream()
                            .map(stage -> stage.get("stage"))
                            .toList());
            JsonObject last = step.objects("stages").getLast();
            assertEquals(5, last.get("survivors"));
            double before = 0;
            for (JsonObject best : last.objects("best")) {
                if (step.number("draw") < before + best.number("probability")) {
                    assertEquals(step.get("token"), best.get("token"), step.toString());
                    break;
                }
                before += best.number("probability");
            }
        }
        List<?> weights = told.object("attention").list("weights");
        assertEquals(run.list("prompt_tokens").size() + 4, weights.size());
        for (Object row : weights) {
            double sum = ((List<?>) row)
                    .stream()
                            .mapToDouble(weight -> ((Number) weight).doubleValue())
                            .sum();
            assertEquals(1, sum, 1e-9);
        }
        assertTrue(Files.readString(page).contains("token 4"), "the page");
    }

    @Test
    void explainTellsHowASearchWent(@TempDir Path folder) throws IOException {
        Path page = folder.resolve("search.html");
        String options = "--num-beams 3 --num-return-sequences 2 --max-tokens 5 --threads 1";
        JsonObject told = Session.run(with(options.split(" "), "explain", "--json", "--html", page.toString(), FOX))
                .json();
        JsonObject run =
                Session.run(with(options.split(" "), "run", "--json", FOX)).json();
        assertEquals(
                run.objects("choices").stream()
                        .map(choice -> choice.get("tokens"))
                        .toList(),
                told.objects("answers").stream()
                        .map(answer -> answer.get("tokens"))
                        .toList());
        assertEquals(5, told.object("search").objects("steps").size());
        assertTrue(Files.readString(page).contains("ended, answer 2"), "the page");
        String text = Session.run(with(options.split(" "), "explain", FOX)).out();
        assertTrue(text.contains("ended, answer 1, score"), text);
    }

    @Test
    void planCountsADraftModel() {
        JsonObject alone =
                Session.run("plan", "--json", "--vram", "2GB", "smollm2").json();
        JsonObject both = Session.run("plan", "--json", "--vram", "2GB", "--draft-model", "smollm2", "smollm2")
                .json();
        assertEquals(2 * alone.number("weight_bytes"), both.number("weight_bytes"));
        assertEquals(alone.number("weight_bytes"), both.number("draft_weight_bytes"));
        assertEquals(2 * alone.number("kv_bytes_per_token"), both.number("kv_bytes_per_token"));
        String text = Session.run("plan", "--vram", "2GB", "--draft-model", "smollm2", "smollm2")
                .out();
        String draft = Units.bytes((long) alone.number("weight_bytes"));
        assertTrue(text.contains(", of which the draft model " + draft), text);
    }

    @Test
    void explainTellsWhatWasGuessed() {
        String list = "red, green, blue, red, green, blue, red, green,";
        JsonObject told = Session.run("explain", "--json", "--raw", "--draft-tokens", "4", "--max-tokens", "12", list)
                .json();
        long right = told.objects("steps").stream()
                .filter(step -> step.names().contains("guessed") && Boolean.TRUE.equals(step.get("guessed")))
                .count();
        assertEquals(told.object("metrics").integer("accepted_tokens"), (int) right);
        assertTrue(right > 4, told::toString);
    }

    @Test
    void everyOptionOfTheChainReachesIt() {
        String options =
                "--repetition-penalty 1.1 --presence-penalty 0.1 --dry-multiplier 0.8 --no-repeat-ngram-size 3 "
                        + "--sequence-bias 12,53=-4 --bad-words 5,6 --suppress-tokens 7 --length-decay-factor 1.1 --min-tokens 1 "
                        + "--logit-bias 3=1 --dynatemp-range 0.3 --top-n-sigma 3 --min-p 0.001 --top-k 50 --top-p 0.99 "
                        + "--typical-p 0.99 --top-h 0.9 --epsilon-cutoff 0.0001 --eta-cutoff 0.0001 --xtc-probability 0.5";
        assertEquals(
                "model suppress_tokens bad_words min_tokens logit_bias sequence_bias repetition_penalty "
                        + "presence_penalty and frequency_penalty no_repeat_ngram_size dry_multiplier length_decay "
                        + "temperature top_n_sigma min_p top_k top_p typical_p top_h epsilon_cutoff eta_cutoff xtc",
                stages(options));
        assertEquals("model temperature mirostat", stages("--mirostat 2 --dynatemp-range 0.1"));
        assertEquals("model top_k top_p min_p temperature", stages("--preset llamacpp"));
        assertEquals("model top_k temperature", stages("--order top_k,temperature --top-k 4 --temperature 0.7"));
    }

    private static String stages(String options) {
        String[] arguments = ("explain --json --max-tokens 1 " + options + " Hi").split(" ", -1);
        Session session = Session.run(arguments);
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        return session.json().objects("steps").getFirst().objects("stages").stream()
                .map(stage -> stage.get("stage").toString())
                .collect(Collectors.joining(" "));
    }

    @Test
    void explainRefusesWhatItCanNotShow() {
        assertEquals(
                ExitCode.USAGE, Session.run("explain", "--candidates", "0", FOX).exitCode());
        assertEquals(
                ExitCode.USAGE,
                Session.run("explain", "--attention", "1,1", FOX).exitCode(),
                "nowhere to show it");
        assertEquals(
                ExitCode.USAGE,
                Session.run("explain", "--json", "--attention", "x", FOX).exitCode());
        Session none = Session.run("explain", "--json", "--max-tokens", "1", "--attention", "30,0", FOX);
        assertEquals(ExitCode.USAGE, none.exitCode());
        assertTrue(none.err().contains("layers 0 to 29 with heads 0 to 8"), none.err());
    }

    @Test
    void chatKeepsWhatWasSaid() throws IOException {
        Path saved = folder.resolve("chat.json");
        Session session = Session.withInput(
                "My name is Ada.\n/stats\nWhat is my name?\n/save " + saved + "\n/nonsense\n/exit\nnever read\n",
                "chat",
                "--system",
                "Be brief.",
                "--max-tokens",
                "8");
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        assertFalse(session.out().contains("\u001b"), session.out());
        assertTrue(session.err().contains("There is no command /nonsense"), session.err());
        List<JsonObject> messages = JsonObject.parse(Files.readString(saved)).objects("messages");
        assertEquals(
                List.of("system", "user", "assistant", "user", "assistant"),
                messages.stream().map(message -> message.get("role")).toList());
    }

    @Test
    @Tag("slow")
    void chatForgetsOnRequest() throws IOException {
        Path saved = folder.resolve("chat.json");
        Session.withInput("Hi\n/reset\n/system Be kind.\n/save " + saved + "\n", "chat", "--max-tokens", "2");
        assertEquals(
                List.of(Map.of("role", "system", "content", "Be kind.")),
                JsonObject.parse(Files.readString(saved)).get("messages"));
    }

    @Test
    void tokenizeAndDecodeAreInverse() {
        String text = "Hello, Wörld! 你好 🎉";
        JsonObject encoded = Session.run("tokenize", "--json", text).json();
        assertEquals(List.of("ids", "pieces"), encoded.names());
        assertEquals(encoded.list("ids").size(), encoded.list("pieces").size());
        String ids = Session.run("tokenize", text).out().strip();
        assertEquals(encoded.get("ids").toString(), "[" + ids.replace(" ", ", ") + "]");
        assertEquals(text + "\n", Session.run("tokenize", "--decode", ids).out());
        assertEquals(
                Map.of("text", text),
                Session.run("tokenize", "--json", "--decode", ids).json().fields());
    }

    @Test
    void tokenizeTakesControlTokensOnlyWhenAsked() {
        List<?> plain = Session.run("tokenize", "--json", "<|im_end|>").json().list("ids");
        List<?> special = Session.run("tokenize", "--json", "--special", "<|im_end|>")
                .json()
                .list("ids");
        assertTrue(plain.size() > 1);
        assertEquals(1, special.size());
    }

    @Test
    void tokenizeWorksLineByLine() {
        Session session = Session.withInput("\"Hello\"\n\"\"\n\"a\\nb\"\n", "tokenize", "--jsonl");
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        assertEquals(3, session.out().lines().count());
        assertEquals("[]", session.out().lines().toList().get(1));
        Session bad = Session.withInput("\"Hello\"\n[1]\n", "tokenize", "--jsonl");
        assertEquals(ExitCode.USAGE, bad.exitCode());
        assertTrue(bad.err().contains("Line 2"), bad.err());
    }

    @Test
    void tokenizeRefusesTokensThatAreNone() {
        for (String ids : List.of("99999999", "-1", "x", "1,2,99999999999999999999")) {
            assertEquals(
                    ExitCode.USAGE, Session.run("tokenize", "--decode=" + ids).exitCode(), ids);
        }
    }

    @Test
    void renderUsesTheModelsTemplate() {
        Session session = Session.withInput(
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"add_generation_prompt\": true}",
                "render");
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        assertTrue(session.out().endsWith("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"), session.out());
    }

    @Test
    void inspectShowsAllOfTheFile() {
        JsonObject report = Session.run("inspect", "smollm2", "--json").json();
        assertEquals(
                List.of("path", "version", "bytes", "metadata", "tensors", "bytes_by_type", "memory"), report.names());
        assertEquals(98_362_432, report.get("bytes"));
        assertEquals("llama", report.object("metadata").get("general.architecture"));
        assertEquals(272, report.list("tensors").size());
        Session text = Session.run("inspect");
        assertTrue(text.out().contains("token_embd.weight"), text.out());
        assertTrue(text.out().contains("memory: "), text.out());
    }

    @Test
    void planScalesWithMemory() {
        JsonObject small = Session.run("plan", "--vram", "200MB", "--json").json();
        JsonObject large = Session.run("plan", "--vram", "1GiB", "--json").json();
        assertEquals(200_000_000, small.get("memory_bytes"));
        assertEquals(1 << 30, large.get("memory_bytes"));
        assertEquals(23_040, small.get("kv_bytes_per_token"), "30 layers, 3 heads of 64, two of two bytes");
        assertTrue(large.list("fits").size() > small.list("fits").size());
        for (JsonObject fit : small.objects("fits")) {
            assertTrue(fit.number("bytes") <= 200_000_000, fit.toString());
        }
        Session tiny = Session.run("plan", "--vram", "1000");
        assertTrue(tiny.out().contains("It does not fit"), tiny.out());
        assertEquals(ExitCode.LACKING, tiny.exitCode());
    }

    @Test
    @Tag("slow")
    void perplexityOfEnglishIsFarBelowThatOfNoise() throws IOException {
        Path english = Files.writeString(folder.resolve("english"), """
                It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of \
                foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of light, \
                it was the season of darkness, it was the spring of hope, it was the winter of despair.""");
        Path noise =
                Files.writeString(folder.resolve("noise"), "qz xv 7 kj ]] wq zx 0 vb ;; jq xk ~~ zz qk vx ".repeat(4));
        double[] values = new double[2];
        for (int i = 0; i < 2; i++) {
            JsonObject result = Session.run(
                            "eval", "ppl", "--json", "--ctx", "32", "--text", (i == 0 ? english : noise).toString())
                    .json();
            int chunks = result.integer("chunks");
            assertTrue(chunks >= 2);
            assertEquals(chunks * 15, result.get("tokens"));
            values[i] = result.number("perplexity");
        }
        assertTrue(values[0] > 1 && values[0] < 20, "english: " + values[0]);
        assertTrue(values[1] > 2 * values[0], "noise: " + values[1]);
    }

    @Test
    @Tag("slow")
    void divergenceFromTheSameRunIsNothingAndFromOtherArithmeticIsSmall() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), (FOX + " ").repeat(8));
        String base = folder.resolve("base").toString();
        Session stored = Session.run(
                "eval", "kl", "--text", text.toString(), "--ctx", "32", "--save", base, "--activations", "f32");
        assertEquals(ExitCode.OK, stored.exitCode(), stored.err());
        JsonObject same = Session.run("eval", "kl", "--base", base, "--json", "--activations", "f32")
                .json();
        assertEquals(1.0, same.get("top1_agreement"));
        assertTrue(same.number("max_kl") < 1e-6, same.toString());
        JsonObject other = Session.run("eval", "kl", "--base", base, "--json", "--activations", "int8")
                .json();
        double mean = other.number("mean_kl");
        assertTrue(mean > 0 && mean < 0.05, other.toString());
    }

    @Test
    void logitsAreThoseTheAnswerIsChosenFrom() throws IOException {
        Path out = folder.resolve("logits.npy");
        Session session = Session.run("eval", "logits", "--raw", "--prompt", FOX, "--out", out.toString(), "--json");
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.LITTLE_ENDIAN);
        int offset = 10 + bytes.getShort(8);
        int vocabulary = session.json().integer("vocabulary");
        assertEquals(offset + 4 * vocabulary, bytes.capacity());
        int best = 0;
        for (int i = 1; i < vocabulary; i++) {
            best = bytes.getFloat(offset + 4 * i) > bytes.getFloat(offset + 4 * best) ? i : best;
        }
        JsonObject run =
                Session.run("run", "--raw", "--json", "--max-tokens", "1", FOX).json();
        assertEquals(List.of(best), run.get("tokens"));
    }

    private static String[] with(String[] options, String... before) {
        String[] all = Arrays.copyOf(before, before.length + options.length);
        System.arraycopy(options, 0, all, before.length, options.length);
        return all;
    }

    @Test
    void runKeepsToAConstraint() throws IOException {
        Path schema = Files.writeString(
                folder.resolve("schema.json"),
                "{\"type\":\"object\",\"properties\":{\"capital\":{\"enum\":[\"Paris\",\"Rome\"]}},\"required\":[\"capital\"]}");
        Session session = Session.run("run", "--json-schema", schema.toString(), "What is the capital of France?");
        assertEquals(ExitCode.OK, session.exitCode(), session.err());
        assertTrue(session.out().matches("\\{\"capital\": ?\"(Paris|Rome)\"}\n"), session.out());
        Session yes = Session.run("run", "--regex", "yes|no", "Is Paris in France?");
        assertTrue(yes.out().matches("(yes|no)\n"), yes.out());
        Path grammar = Files.writeString(folder.resolve("g.gbnf"), "root ::= [0-9]{3} \"!\"");
        Session digits = Session.run("run", "--grammar", grammar.toString(), "--json", "A number?");
        assertTrue(digits.json().get("text").toString().matches("[0-9]{3}!"), digits.out());
        assertEquals("stop", digits.json().get("finish_reason"));
    }
}
