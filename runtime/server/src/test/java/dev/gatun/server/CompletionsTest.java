package dev.gatun.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.SamplingParams;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients are answered, with the real default model. */
class CompletionsTest {
    private static ServedModel served;

    @BeforeAll
    static void start() throws InterruptedException {
        served = ServedModel.start();
    }

    @AfterAll
    static void stop() {
        if (served != null) {
            served.close();
        }
    }

    private static String chat(String more) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"Why is the sky blue?\"}],\"temperature\":0,\"max_tokens\":16"
                + more + "}";
    }

    private static String expected() {
        return served.engine()
                .submit(Request.chat("Why is the sky blue?")
                        .with(SamplingParams.GREEDY.toBuilder().maxTokens(16).build()))
                .text();
    }

    private static Object at(Object value, Object... path) {
        Object here = value;
        for (Object step : path) {
            here = step instanceof Integer index
                    ? ((List<?>) here).get(index)
                    : Objects.requireNonNull(((Map<?, ?>) here).get(step), () -> "no " + step);
        }
        return here;
    }

    @Test
    void aWholeAnswerIsTheEnginesOwn() throws Exception {
        HttpResponse<String> response = served.client().post("/v1/chat/completions", chat(",\"model\":\"smollm2\""));
        assertEquals(200, response.statusCode(), response::body);
        Map<String, Object> answer = served.client().json(response);
        assertEquals("chat.completion", answer.get("object"));
        assertEquals("assistant", at(answer, "choices", 0, "message", "role"));
        assertEquals(expected(), at(answer, "choices", 0, "message", "content"));
        assertEquals("length", at(answer, "choices", 0, "finish_reason"));
        assertEquals(16, at(answer, "usage", "completion_tokens"));
        assertEquals(
                served.engine().promptTokens(Request.chat("Why is the sky blue?")).length,
                at(answer, "usage", "prompt_tokens"));
    }

    @Test
    void aStreamSaysTheSameInPieces() throws Exception {
        HttpResponse<String> response = served.client()
                .post("/v1/chat/completions", chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        assertEquals(200, response.statusCode(), response::body);
        assertTrue(response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream"));
        List<String> events = Client.events(response);
        assertEquals("[DONE]", events.getLast());
        StringBuilder text = new StringBuilder();
        String reason = "";
        Object id = null;
        for (String event : events.subList(0, events.size() - 2)) {
            Map<String, Object> piece = JSON.std.mapFrom(event);
            id = id == null ? piece.get("id") : id;
            assertEquals(id, piece.get("id"));
            assertEquals("chat.completion.chunk", piece.get("object"));
            Map<?, ?> delta = (Map<?, ?>) at(piece, "choices", 0, "delta");
            text.append(delta.get("content") == null ? "" : delta.get("content"));
            Object ended = ((Map<?, ?>) at(piece, "choices", 0)).get("finish_reason");
            reason = ended == null ? reason : (String) ended;
        }
        assertEquals(expected(), text.toString());
        assertEquals("length", reason);
        Map<String, Object> usage = JSON.std.mapFrom(events.get(events.size() - 2));
        assertEquals(List.of(), usage.get("choices"));
        assertEquals(16, at(usage, "usage", "completion_tokens"));
    }

    @Test
    void severalAnswersShareOneStream() throws Exception {
        HttpResponse<String> response = served.client()
                .post(
                        "/v1/chat/completions",
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"Name a river.\"}],\"temperature\":1,\"seed\":7,"
                                + "\"max_tokens\":12,\"n\":3,\"stream\":true}");
        StringBuilder[] texts = {new StringBuilder(), new StringBuilder(), new StringBuilder()};
        List<String> events = Client.events(response);
        for (String event : events.subList(0, events.size() - 1)) {
            Map<String, Object> piece = JSON.std.mapFrom(event);
            Object content = ((Map<?, ?>) at(piece, "choices", 0, "delta")).get("content");
            texts[(Integer) at(piece, "choices", 0, "index")].append(content == null ? "" : content);
        }
        Map<String, Object> whole = served.client()
                .json(served.client()
                        .post(
                                "/v1/chat/completions",
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"Name a river.\"}],\"temperature\":1,"
                                        + "\"seed\":7,\"max_tokens\":12,\"n\":3}"));
        for (int i = 0; i < 3; i++) {
            assertEquals(at(whole, "choices", i, "message", "content"), texts[i].toString());
        }
        assertNotEquals(texts[0].toString(), texts[1].toString());
    }

    @Test
    void logprobsAreThoseOfTheTokens() throws Exception {
        Map<String, Object> answer = served.client()
                .json(served.client().post("/v1/chat/completions", chat(",\"logprobs\":true,\"top_logprobs\":2")));
        List<?> content = (List<?>) at(answer, "choices", 0, "logprobs", "content");
        assertEquals(16, content.size());
        StringBuilder text = new StringBuilder();
        for (Object token : content) {
            text.append(at(token, "token"));
            assertEquals(at(token, "logprob"), at(token, "top_logprobs", 0, "logprob")); // greedy
            assertEquals(2, ((List<?>) at(token, "top_logprobs")).size());
        }
        assertEquals(at(answer, "choices", 0, "message", "content"), text.toString());
    }

    @Test
    void anEchoHasThePromptsLogprobs() throws Exception {
        Map<String, Object> answer = served.client()
                .json(
                        served.client()
                                .post(
                                        "/v1/completions",
                                        "{\"prompt\":\"The sky is blue\",\"max_tokens\":1,\"temperature\":0,\"echo\":true,\"logprobs\":1}"));
        String text = (String) at(answer, "choices", 0, "text");
        assertTrue(text.startsWith("The sky is blue"), text);
        List<?> tokens = (List<?>) at(answer, "choices", 0, "logprobs", "tokens");
        List<?> logprobs = (List<?>) at(answer, "choices", 0, "logprobs", "token_logprobs");
        assertEquals(tokens.size(), logprobs.size());
        assertEquals(null, logprobs.getFirst());
        assertTrue(
                logprobs.stream().skip(1).allMatch(value -> ((Number) value).doubleValue() <= 0), logprobs::toString);
        StringBuilder joined = new StringBuilder();
        tokens.forEach(joined::append);
        assertEquals(text, joined.toString());
    }

    @Test
    void promptsComeAsTextsOrTokensAndSeveralAtOnce() throws Exception {
        String tokens = Arrays.toString(served.engine().encode("The capital of France is"));
        Map<String, Object> one = served.client()
                .json(served.client()
                        .post(
                                "/v1/completions",
                                "{\"prompt\":\"The capital of France is\",\"max_tokens\":4,\"temperature\":0}"));
        Map<String, Object> many = served.client()
                .json(served.client()
                        .post(
                                "/v1/completions",
                                "{\"prompt\":[\"Once upon a time\"," + tokens
                                        + "],\"max_tokens\":4,\"temperature\":0}"));
        // The first is a text with its tokens: not a list of tokens beside texts of the same kind.
        assertEquals(at(one, "choices", 0, "text"), at(many, "choices", 1, "text"));
        assertEquals(1, at(many, "choices", 1, "index"));
    }

    @Test
    void anAnswerInJsonFitsItsSchema() throws Exception {
        Map<String, Object> answer = served.client()
                .json(
                        served.client()
                                .post(
                                        "/v1/chat/completions",
                                        "{\"messages\":[{\"role\":\"user\",\"content\":\"A person\"}],\"temperature\":0,"
                                                + "\"max_tokens\":60,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":"
                                                + "\"p\",\"schema\":{\"type\":\"object\",\"properties\":{\"age\":{\"type\":\"integer\","
                                                + "\"minimum\":0,\"maximum\":99}},\"required\":[\"age\"],\"additionalProperties\":false}}}}"));
        Map<String, Object> person = JSON.std.mapFrom((String) at(answer, "choices", 0, "message", "content"));
        assertTrue(person.get("age") instanceof Integer, person::toString);
        Map<String, Object> chosen = served.client()
                .json(served.client()
                        .post("/v1/chat/completions", chat(",\"structured_outputs\":{\"choice\":[\"a.b\",\"c|d\"]}")));
        assertTrue(List.of("a.b", "c|d").contains(at(chosen, "choices", 0, "message", "content")), chosen::toString);
    }

    @Test
    void beamsAreReturnedBestFirst() throws Exception {
        Map<String, Object> answer = served.client()
                .json(
                        served.client()
                                .post(
                                        "/v1/completions",
                                        "{\"prompt\":\"The sea\",\"max_tokens\":6,\"num_beams\":4,\"n\":2,\"early_stopping\":true}"));
        assertEquals(2, ((List<?>) at(answer, "choices")).size(), answer::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                ",'tools':[{'type':'function'}]|tools",
                ",'temperature':2.5|temperature",
                ",'top_p':0|top_p",
                ",'presence_penalty':-3|presence_penalty",
                ",'logit_bias':{'x':1}|logit_bias",
                ",'logit_bias':{'5':101}|logit_bias",
                ",'n':9|n",
                ",'n':'two'|n",
                ",'stop':['a','b','','c']|stop",
                ",'max_tokens':100000|max_tokens",
                ",'top_logprobs':3|top_logprobs",
                ",'logprobs':true,'top_logprobs':21|top_logprobs",
                ",'stream_options':{}|stream_options",
                ",'response_format':{'type':'xml'}|response_format",
                ",'response_format':{'type':'json_schema','json_schema':{'schema':{'$ref':'http://x'}}}|response_format",
                ",'early_stopping':true|early_stopping",
                ",'echo':true|echo",
                ",'guided_regex':'a'|guided_regex",
                ",'messages2':1,'model':'gpt-4'|model",
            })
    void whatCanNotBeHonouredIsRefusedByName(String more, String param) throws Exception {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]" + more.replace('\'', '"') + "}";
        HttpResponse<String> response = served.client().post("/v1/chat/completions", body);
        assertEquals(param.equals("model") ? 404 : 400, response.statusCode(), response::body);
        Map<String, Object> error = served.client().json(response);
        assertEquals(param, at(error, "error", "param"), response::body);
        assertFalse(((String) at(error, "error", "message")).isBlank(), response::body);
    }

    @Test
    void aFieldThatNobodyKnowsIsNamedInTheAnswer() throws Exception {
        HttpResponse<String> response =
                served.client().post("/v1/chat/completions", chat(",\"frobnicate\":1,\"user\":\"u\""));
        assertEquals(
                "frobnicate", response.headers().firstValue("x-gatun-ignored").orElse(""));
    }

    @Test
    void tokensGoThereAndBack() throws Exception {
        Map<String, Object> tokens =
                served.client().json(served.client().post("/tokenize", "{\"content\":\"Gatun locks \u00e9\"}"));
        Map<String, Object> text =
                served.client().json(served.client().post("/detokenize", "{\"tokens\":" + tokens.get("tokens") + "}"));
        assertEquals("Gatun locks \u00e9", text.get("content"));
        Map<String, Object> prompt = served.client()
                .json(served.client()
                        .post("/apply-template", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"));
        assertTrue(((String) at(prompt, "prompt")).contains("<|im_start|>user\nHi<|im_end|>"), prompt::toString);
    }

    @Test
    void healthAndMetricsCountWhatHappened() throws Exception {
        served.client().post("/v1/chat/completions", chat(""));
        Map<String, Object> health = served.client().json(served.client().get("/health"));
        assertEquals("ok", health.get("status"));
        assertEquals(
                (int) at(health, "kv_pages_total"),
                (int) at(health, "kv_pages_free") + (int) at(health, "kv_pages_held"));
        String metrics = served.client().get("/metrics").body();
        assertTrue(
                metrics.lines()
                        .anyMatch(line -> line.startsWith("vllm:generation_tokens_total{model_name=\"smollm2\"} ")
                                && !line.endsWith(" 0")),
                metrics);
        assertTrue(
                metrics.contains("vllm:request_success_total{model_name=\"smollm2\",finished_reason=\"length\"}"),
                metrics);
        assertTrue(
                metrics.contains("vllm:time_to_first_token_seconds_bucket{model_name=\"smollm2\",le=\"0.0025\"}"),
                metrics);
    }
}
