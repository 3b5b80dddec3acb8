package dev.gatun.runtime.engine;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gatun.runtime.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A greedy continuation of the default model by an exact float32 reference.
 *
 * @param text the prompt
 * @param prompt its tokens
 * @param continuation what the reference goes on with
 */
record GroundTruth(String text, List<Integer> prompt, List<Integer> continuation) {

    /** All cases; the calling test is skipped where the shared data is absent. */
    static List<GroundTruth> cases() throws IOException {
        String json = Files.readString(TestData.shared("smollm2-groundtruth.json"));
        List<?> cases = (List<?>) JSON.std.mapFrom(json).get("greedy");
        return cases.stream().map(entry -> of((Map<?, ?>) entry)).toList();
    }

    /** Prompt and continuation in one. */
    int[] tokens() {
        return Stream.concat(prompt.stream(), continuation.stream())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static GroundTruth of(Map<?, ?> entry) {
        return new GroundTruth((String) entry.get("text"), ids(entry.get("ids")), ids(entry.get("ref_greedy")));
    }

    private static List<Integer> ids(Object numbers) {
        return ((List<?>) numbers).stream().map(id -> ((Number) id).intValue()).toList();
    }
}
