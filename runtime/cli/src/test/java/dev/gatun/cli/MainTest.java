package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes, messages and output shapes of what needs no model. */
class MainTest {

    @TempDir
    private Path folder;

    @Test
    void printsItsVersion() {
        Session session = Session.run("--version");
        assertEquals(ExitCode.OK, session.exitCode());
        assertTrue(session.out().matches("gatun \\d+\\.\\d+\\.\\d+\\S*\\n"), session.out());
        assertEquals("", session.err());
    }

    @Test
    void listsItsCommands() {
        Session session = Session.run("--help");
        assertEquals(ExitCode.OK, session.exitCode());
        for (String command : List.of(
                "run",
                "chat",
                "tokenize",
                "render",
                "inspect",
                "plan",
                "eval",
                "explain",
                "ptx",
                "asm",
                "pull",
                "doctor")) {
            assertTrue(session.out().contains("\n  " + command + " "), command);
        }
    }

    @Test
    void everyCommandHasHelp() {
        for (String command : List.of(
                "run",
                "chat",
                "tokenize",
                "render",
                "inspect",
                "plan",
                "eval",
                "explain",
                "ptx",
                "asm",
                "pull",
                "doctor")) {
            Session session = Session.run(command, "--help");
            assertEquals(ExitCode.OK, session.exitCode(), command);
            assertTrue(session.out().startsWith("Usage: gatun " + command), session.out());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "run --nonsense",
                "run --threads many hello",
                "run --backend abacus hello",
                "run --activations int9 hello",
                "run --cpu-tier quantum hello",
                "run --backend reference --cpu-tier asm hello",
                "run --kv-type q4_0 hello",
                "asm",
                "asm check",
                "asm check no-such-file",
                "asm dump no-such-file",
                "run --raw --system be-brief hello",
                "run --file no-such-file",
                "run --file x hello",
                "run --model no-such-model hello",
                "run --num-beams 0 hello",
                "run --num-beams 4 --temperature 1 hello",
                "run --num-beams 4 --top-k 5 hello",
                "run --num-beams 4 --seed 5 hello",
                "run --num-beams 4 --draft-tokens 3 hello",
                "run --num-beams 4 --draft-model x hello",
                "run --draft-model no-such-model hello",
                "run --num-beams 4 --n 2 hello",
                "run --num-beams 4 --best-of 2 hello",
                "run --num-beams 4 --num-return-sequences 5 hello",
                "run --num-beams 4 --num-beam-groups 2 hello",
                "run --num-beams 4 --num-beam-groups 3 --diversity-penalty 1 hello",
                "run --num-beams 4 --diversity-penalty 1 hello",
                "run --num-beams 4 --length-penalty NaN hello",
                "run --num-beams 4 --early-stopping maybe hello",
                "run --num-beams 4 --logprobs 2 hello",
                "run --num-beams 1 --length-penalty 2 hello",
                "run --negative-prompt bad hello",
                "run --guidance-scale -1 hello",
                "run --num-beams 2 --guidance-scale 2 hello",
                "explain --negative-prompt bad hello",
                "explain --n 2 hello",
                "explain --num-beams 2 --n 2 hello",
                "explain --num-beams 2 --logprobs 1 hello",
                "explain --num-beams 2 --draft-tokens 3 hello",
                "run --n 0 hello",
                "run --n 2 --temperature 0 hello",
                "run --n 3 --best-of 2 hello",
                "run --mirostat-tau 3 hello",
                "run --dry-base 2 hello",
                "run --xtc-threshold 0.1 hello",
                "run --bad-words x hello",
                "run --order top_k,logit_bias hello",
                "run --preset nobody hello",
                "explain --candidates 101 hello",
                "run --logprobs 5 hello",
                "run --prompt-logprobs 5 hello",
                "run --json --logprobs 21 hello",
                "run --json --prompt-logprobs -1 hello",
                "run --num-return-sequences 2 hello",
                "run --num-beam-groups 2 hello",
                "run --diversity-penalty 2 hello",
                "chat --n 2",
                "chat --logprobs 2",
                "run --typical-p 1.5 hello",
                "run --length-penalty 1.5 hello",
                "run --early-stopping true hello",
                "run --temperature -1 hello",
                "run --top-p 2 hello",
                "run --max-tokens -3 hello",
                "run --min-tokens 5 --max-tokens 3 hello",
                "run --logit-bias 5 hello",
                "run --regex (a hello",
                "run --json-object --regex a hello",
                "run --json-schema no-such-file hello",
                "run --grammar no-such-file hello",
                "run --regex a --ignore-eos hello",
                "chat --num-beams 2",
                "tokenize --jsonl hello",
                "tokenize --decode 1 hello",
                "tokenize --model no-such-model hello",
                "render no-such-file",
                "inspect no-such-model",
                "plan --vram lots no-such-model",
                "ptx",
                "ptx check",
                "ptx check no-such-file",
                "pull",
                "pull no-such-model",
                "eval",
                "eval ppl",
                "eval ppl --text no-such-file",
                "eval kl",
                "eval kl --save x",
                "eval kl --base no-such-file",
                "eval logits --prompt hello"
            })
    void badUsageEndsWithTwoAndOneMessage(String line) {
        Session session = line.isEmpty() ? Session.run() : Session.run(line.split(" "));
        assertEquals(ExitCode.USAGE, session.exitCode(), session.err());
        assertEquals("", session.out());
        assertTrue(session.err().startsWith("gatun: "), session.err());
        assertFalse(session.err().contains("\tat "), session.err());
    }

    @Test
    void refusesAnOptionByItsName() {
        assertTrue(Session.run("chat", "--num-beams", "4").err().contains("--num-beams is 4"));
        assertTrue(Session.run("run", "--num-beams", "4", "--top-k", "3", "hello")
                .err()
                .contains("top_k is set, but num_beams draws from no law"));
        assertTrue(Session.run("run", "--top-p", "2", "hello").err().contains("top_p"));
    }

    @Test
    void suggestsWhatWasMeant() {
        assertTrue(Session.run("docter").err().contains("Did you mean"));
    }

    @Test
    void showsTheStackTraceOnlyWhenAsked() {
        assertTrue(Session.run("run", "--verbose", "--model", "no-such", "hello")
                .err()
                .contains("\tat "));
    }

    @Test
    void refusesAFileThatIsNoModelAndNamesTheField() throws IOException {
        Path file = Files.writeString(folder.resolve("x.gguf"), "this is no model file at all");
        for (String command : List.of("inspect", "plan")) {
            Session session = Session.run(command, file.toString());
            assertEquals(ExitCode.USAGE, session.exitCode());
            assertTrue(session.err().contains("at byte 0: magic"), session.err());
        }
        Session session = Session.run("run", "--model", file.toString(), "hello");
        assertEquals(ExitCode.USAGE, session.exitCode());
        assertTrue(session.err().contains("at byte 0: magic"), session.err());
    }

    @Test
    void refusesAPromptThatIsNotText() throws IOException {
        Path file = Files.write(folder.resolve("prompt"), new byte[] {'a', (byte) 0xff, 'b'});
        Session session = Session.run("run", "--file", file.toString());
        assertEquals(ExitCode.USAGE, session.exitCode());
        assertTrue(session.err().contains("is not UTF-8"), session.err());
    }

    @Test
    void doctorReportsTheMachine() {
        JsonObject report = Session.run("doctor", "--json").json();
        assertEquals(List.of("gatun", "jvm", "system", "cpu", "cuda", "models", "advice"), report.names());
        JsonObject cpu = report.object("cpu");
        assertEquals(Runtime.getRuntime().availableProcessors(), cpu.get("processors"));
        String tier = cpu.get("tier").toString();
        assertTrue(List.of("asm", "vector", "scalar").contains(tier), tier);
        assertTrue(cpu.get("backend").toString().startsWith("cpu (" + tier + " tier: "), cpu.toString());
        Session text = Session.run("doctor");
        assertEquals(ExitCode.OK, text.exitCode());
        assertTrue(text.out().contains("vector_bits"), text.out());
    }

    @Test
    void rendersATemplateThatIsGiven() throws IOException {
        String object = """
                {"template": "{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %}{{ extra }}",
                 "messages": [{"role": "user", "content": "Grüße"}], "extra": 7}""";
        Path file = Files.writeString(folder.resolve("x.json"), object);
        assertEquals("[user] Grüße7", Session.run("render", file.toString()).out());
        assertEquals("[user] Grüße7", Session.withInput(object, "render").out());
        assertEquals(
                Map.of("text", "[user] Grüße7"),
                Session.withInput(object, "render", "--json").json().fields());
    }

    @Test
    void rendersLineByLineAndReportsErrorsInTheirPlace() {
        Session session = Session.withInput("""
                {"template": "a{{ x }}", "x": "b"}
                {"template": "{% if %}"}
                {"template": "{{ raise_exception('no') }}"}
                not json
                {"template": "c"}
                """, "render", "--jsonl");
        assertEquals(ExitCode.OK, session.exitCode());
        List<JsonObject> answers = session.out().lines().map(JsonObject::parse).toList();
        assertEquals(5, answers.size());
        assertEquals(Map.of("text", "ab"), answers.get(0).fields());
        for (int i = 1; i <= 3; i++) {
            assertEquals(List.of("error"), answers.get(i).names());
        }
        assertEquals(Map.of("text", "c"), answers.get(4).fields());
    }

    @Test
    void endsQuietlyWhenNobodyReads() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), closed, err, "");
        assertEquals(ExitCode.OK, Main.execute(console, "doctor"));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }
}
