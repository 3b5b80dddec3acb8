package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainOrderTest {
    private static final float[] ROW = {3, 2.5f, 1, 0, -1};

    private static String refusal(Runnable action) {
        return String.valueOf(
                assertThrows(InvalidSamplingException.class, action::run).getMessage());
    }

    @Test
    void parsesNamesOfStepsAndOfOrders() {
        assertSame(ChainOrder.VLLM, ChainOrder.parse(" vLLM "));
        assertEquals(
                List.of(Step.REPETITION_PENALTY, Step.TOP_K, Step.TEMPERATURE),
                ChainOrder.parse("repetition_penalty, top_k,temperature").steps());
    }

    @Test
    void knownOrdersHaveAPlaceForEveryStep() {
        for (ChainOrder order : List.of(ChainOrder.VLLM, ChainOrder.HF, ChainOrder.LLAMACPP)) {
            assertEquals(EnumSet.allOf(Step.class), EnumSet.copyOf(order.steps()));
        }
    }

    @Test
    void nothingComesAfterMirostat() {
        assertEquals(
                "order: mirostat learns from the token drawn from its own law, so top_k cannot come after it",
                refusal(() -> ChainOrder.of(Step.MIROSTAT, Step.TOP_K)));
    }

    @Test
    void refusesImpossibleOrders() {
        assertEquals("order: top_k comes twice", refusal(() -> ChainOrder.of(Step.TOP_K, Step.TOP_K)));
        assertEquals(
                "order: repetition_penalty edits logits of the whole row, so it cannot come after top_k, which may have"
                        + " taken tokens away; put it before",
                refusal(() -> ChainOrder.parse("top_k,repetition_penalty")));
        assertEquals(
                "order: there is no step \"topk\"; known are ",
                refusal(() -> ChainOrder.parse("topk")).replaceFirst("\\[.*", ""));
    }

    @Test
    void refusesAnOptionThatTheOrderLeavesOut() {
        var params = SamplingParams.builder()
                .topK(3)
                .order(ChainOrder.of(Step.TEMPERATURE))
                .build();
        assertEquals(
                "order has no step top_k although its option is set: [temperature]",
                refusal(() -> new Sampler(params, 5, new int[0], 0, 0)));
    }

    @Test
    void theOrderMakesTheLaw() {
        var params = SamplingParams.builder().temperature(2).topP(0.8);
        double[] temperatureFirst = Laws.of(params.build(), ROW);
        double[] temperatureLast = Laws.of(
                params.order(ChainOrder.of(Step.TOP_P, Step.TEMPERATURE)).build(), ROW);
        assertArrayEquals(new NaiveLaw(ROW).temperature(2).topP(0.8).law(), temperatureFirst, 1e-12);
        assertArrayEquals(new NaiveLaw(ROW).topP(0.8).temperature(2).law(), temperatureLast, 1e-12);
        assertEquals(0, temperatureLast[2]);
        assertEquals(
                3,
                List.of(temperatureFirst[0], temperatureFirst[1], temperatureFirst[2]).stream()
                        .filter(p -> p > 0)
                        .count());
    }
}
