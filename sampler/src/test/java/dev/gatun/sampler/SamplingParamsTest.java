package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SamplingParamsTest {

    private static String refusal(String option, UnaryOperator<SamplingParams.Builder> change) {
        var failure = assertThrows(
                InvalidSamplingException.class,
                () -> change.apply(SamplingParams.builder()).build());
        assertEquals(option, failure.option());
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.startsWith(option), message);
        return message;
    }

    @Test
    void startsWithTheModelsOwnLaw() {
        var params = SamplingParams.builder().build();
        assertEquals(1, params.temperature());
        assertEquals(0, params.topK());
        assertEquals(1, params.topP());
        assertEquals(0, params.minP());
        assertEquals(OptionalInt.empty(), params.maxTokens());
        assertEquals(OptionalLong.empty(), params.seed());
        assertFalse(params.isGreedy());
        assertTrue(SamplingParams.GREEDY.isGreedy());
    }

    @Test
    void keepsWhatItWasGiven() {
        var params = SamplingParams.builder()
                .temperature(0.7)
                .topK(40)
                .topP(0.9)
                .minP(0.05)
                .repetitionPenalty(1.1)
                .presencePenalty(-2)
                .frequencyPenalty(2)
                .repeatLastN(64)
                .countPrompt(true)
                .logitBias(Map.of(7, -3f))
                .seed(-5)
                .maxTokens(10)
                .minTokens(3)
                .stop("a", "b")
                .stopTokenIds(List.of(9))
                .ignoreEos(true)
                .build();
        var copy = params.toBuilder().build();
        assertEquals(0.7, copy.temperature());
        assertEquals(40, copy.topK());
        assertEquals(0.9, copy.topP());
        assertEquals(0.05, copy.minP());
        assertEquals(1.1, copy.repetitionPenalty());
        assertEquals(-2, copy.presencePenalty());
        assertEquals(2, copy.frequencyPenalty());
        assertEquals(64, copy.repeatLastN());
        assertTrue(copy.countPrompt());
        assertEquals(Map.of(7, -3f), copy.logitBias());
        assertEquals(OptionalLong.of(-5), copy.seed());
        assertEquals(OptionalInt.of(10), copy.maxTokens());
        assertEquals(3, copy.minTokens());
        assertEquals(List.of("a", "b"), copy.stop());
        assertEquals(List.of(9), copy.stopTokenIds());
        assertTrue(copy.ignoreEos());
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertEquals("temperature=-0.5 is outside [0, infinity)", refusal("temperature", b -> b.temperature(-0.5)));
        assertEquals("top_p=0 is outside (0, 1]", refusal("top_p", b -> b.topP(0)));
        assertEquals("top_p=1.5 is outside (0, 1]", refusal("top_p", b -> b.topP(1.5)));
        assertEquals("top_k=-2 is below -1", refusal("top_k", b -> b.topK(-2)));
        assertEquals("min_p=-1 is outside [0, 1]", refusal("min_p", b -> b.minP(-1)));
        refusal("repetition_penalty", b -> b.repetitionPenalty(0));
        refusal("repetition_penalty", b -> b.repetitionPenalty(1e-300));
        refusal("repetition_penalty", b -> b.repetitionPenalty(1e300));
        assertEquals(
                "presence_penalty=2.1 is outside [-2, 2]", refusal("presence_penalty", b -> b.presencePenalty(2.1)));
        refusal("frequency_penalty", b -> b.frequencyPenalty(-2.1));
        refusal("repeat_last_n", b -> b.repeatLastN(-2));
        refusal("max_tokens", b -> b.maxTokens(-1));
        refusal("min_tokens", b -> b.minTokens(-1));
        assertEquals("logit_bias=101 is outside [-100, 100]", refusal("logit_bias", b -> b.logitBias(Map.of(1, 101f))));
        refusal("logit_bias", b -> b.logitBias(Map.of(-1, 1f)));
        refusal("stop_token_ids", b -> b.stopTokenIds(List.of(-1)));
    }

    @Test
    void refusesWhatIsNotANumber() {
        refusal("temperature", b -> b.temperature(Double.NaN));
        refusal("temperature", b -> b.temperature(Double.POSITIVE_INFINITY));
        refusal("top_p", b -> b.topP(Double.NaN));
        refusal("min_p", b -> b.minP(Double.NaN));
        refusal("repetition_penalty", b -> b.repetitionPenalty(Double.NaN));
        refusal("presence_penalty", b -> b.presencePenalty(Double.NaN));
        refusal("frequency_penalty", b -> b.frequencyPenalty(Double.NaN));
        refusal("logit_bias", b -> b.logitBias(Map.of(1, Float.NaN)));
    }

    @Test
    void refusesContradictions() {
        assertEquals(
                "min_tokens=5 is above max_tokens=4",
                refusal("min_tokens", b -> b.minTokens(5).maxTokens(4)));
    }

    @Test
    void refusesTheRestOutOfRange() {
        refusal("typical_p", b -> b.typicalP(0));
        refusal("top_n_sigma", b -> b.topNSigma(-1));
        refusal("top_h", b -> b.topH(1.1));
        refusal("epsilon_cutoff", b -> b.epsilonCutoff(1));
        refusal("eta_cutoff", b -> b.etaCutoff(Double.NaN));
        refusal("no_repeat_ngram_size", b -> b.noRepeatNgramSize(-1));
        refusal("bad_words", b -> b.badWords(List.of(List.of())));
        refusal("bad_words", b -> b.badWords(List.of(List.of(-1))));
        refusal("sequence_bias", b -> b.sequenceBias(Map.of(List.of(1), 200f)));
        refusal("suppress_tokens", b -> b.suppressTokens(List.of(-1)));
        assertEquals("logprobs=21 is outside [0, 20]", refusal("logprobs", b -> b.logprobs(21)));
        refusal("guidance_scale", b -> b.guidanceScale(-1));
        refusal("xtc_probability", b -> b.xtc(new Xtc(2, 0.1)));
        refusal("xtc_threshold", b -> b.xtc(new Xtc(1, Double.NaN)));
        refusal("dynatemp_range", b -> b.dynamicTemperature(new DynamicTemperature(-1, 1)));
        refusal("mirostat", b -> b.mirostat(new Mirostat(3)));
        refusal("mirostat_eta", b -> b.mirostat(new Mirostat(1, 5, 2)));
        refusal("length_decay_start", b -> b.lengthDecay(new LengthDecay(-1, 1)));
        refusal("length_decay_factor", b -> b.lengthDecay(new LengthDecay(1, 0)));
        refusal("dry_base", b -> b.dry(new Dry(1, 0.5, 2, -1, List.of())));
        refusal("dry_allowed_length", b -> b.dry(new Dry(1, 2, 0, -1, List.of())));
        refusal("dry_sequence_breakers", b -> b.dry(new Dry(1, List.of(List.of()))));
    }

    @Test
    void refusesWhatCouldNotBeHonoured() {
        assertEquals(
                "mirostat takes the place of the other cuts, but [top_k, top_p] set as well",
                refusal(
                        "mirostat",
                        b -> b.mirostat(new Mirostat(2))
                                .temperature(0.5)
                                .topK(4)
                                .topP(0.9)));
        assertEquals(
                "typical_p is set, but temperature=0 always takes the most likely token",
                refusal("typical_p", b -> b.temperature(0).typicalP(0.5)));
        refusal("xtc_probability", b -> b.temperature(0).xtc(new Xtc(0.5, 0.1)));
        refusal("mirostat", b -> b.temperature(0).mirostat(new Mirostat(2)));
        refusal("dynatemp_range", b -> b.temperature(0).dynamicTemperature(new DynamicTemperature(0.5, 1)));
    }

    @Test
    void presetsHaveTheHabitsOfOthers() {
        var hf = Preset.HF.builder().build();
        assertEquals(50, hf.topK());
        assertEquals(ChainOrder.HF, hf.order());
        var llama = Preset.LLAMACPP.builder().build();
        assertEquals(0.8, llama.temperature());
        assertEquals(64, llama.repeatLastN());
        assertEquals(ChainOrder.LLAMACPP, llama.order());
        assertEquals(1, Preset.VLLM.builder().build().temperature());
    }

    @Test
    void refusesStopsThatCannotBeFound() {
        refusal("stop", b -> b.stop(""));
        refusal("stop", b -> b.stop("\ud800"));
        refusal("stop", b -> b.stop(Collections.nCopies(65, "x")));
    }

    @Test
    void minusOneSwitchesTopKOff() {
        assertEquals(0, SamplingParams.builder().topK(-1).build().topK());
    }

    @Test
    void doesNotChangeWithWhatItWasMadeOf() {
        var bias = new HashMap<>(Map.of(1, 1f));
        var builder = SamplingParams.builder().logitBias(bias);
        var params = builder.build();
        bias.put(2, 2f);
        builder.temperature(0);
        assertEquals(Map.of(1, 1f), params.logitBias());
        assertFalse(params.isGreedy());
    }
}
