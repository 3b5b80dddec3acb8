package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.Json;
import dev.gatun.cli.Units;
import dev.gatun.runtime.engine.GenerationMetrics;
import dev.gatun.runtime.engine.Phase;
import java.util.Map;

/** What a generation took, for people and for programs. */
final class Metrics {

    private Metrics() {}

    /** The summary line; with {@code --verbose} a line a phase before it. */
    static void print(Console console, GenerationMetrics metrics) {
        if (console.isVerbose()) {
            console.note("queue: " + Units.milliseconds(metrics.queueMilliseconds()));
            console.note(phase(metrics.prefill()) + ", " + Units.count(metrics.cachedTokens(), "token")
                    + " found in the cache");
            console.note(phase(metrics.decode()));
            if (metrics.draft().steps() > 0) {
                console.note(phase(metrics.draft()));
            }
        }
        console.note("TTFT " + Units.milliseconds(metrics.timeToFirstTokenMilliseconds()) + " | TPOT "
                + Units.milliseconds(metrics.timePerOutputTokenMilliseconds()) + " | prefill "
                + Units.count(metrics.promptTokens(), "token")
                + (metrics.cachedTokens() > 0 ? " (" + metrics.cachedTokens() + " cached)" : "")
                + rate(metrics.prefill()) + " | decode " + Units.count(metrics.tokens(), "token")
                + rate(metrics.decode()) + drafts(metrics) + " | KV " + Units.bytes(metrics.kvBytes())
                + " | peak memory "
                + Units.bytes(metrics.peakMemoryBytes())
                + (metrics.peakGpuBytes() > 0 ? " | peak GPU memory " + Units.bytes(metrics.peakGpuBytes()) : ""));
    }

    /** The object of the JSON result. */
    static Map<String, Object> json(GenerationMetrics metrics) {
        Map<String, Object> object = Json.object(
                "ttft_ms", metrics.timeToFirstTokenMilliseconds(),
                "tpot_ms", metrics.timePerOutputTokenMilliseconds(),
                "prompt_tokens_per_second", metrics.prefill().rowsPerSecond(),
                "tokens_per_second", metrics.decode().rowsPerSecond(),
                "kv_bytes", metrics.kvBytes(),
                "peak_memory_bytes", metrics.peakMemoryBytes());
        if (metrics.peakGpuBytes() > 0) {
            object.put("vram_bytes", metrics.peakGpuBytes());
        }
        if (metrics.draftedTokens() > 0) {
            object.put("drafted_tokens", metrics.draftedTokens());
            object.put("accepted_tokens", metrics.acceptedTokens());
            object.put("acceptance_rate", metrics.acceptanceRate());
        }
        if (metrics.draft().steps() > 0) {
            object.put("draft_steps", metrics.draft().steps());
            object.put("draft_ms", metrics.draft().milliseconds());
        }
        return object;
    }

    private static String drafts(GenerationMetrics metrics) {
        return metrics.draftedTokens() > 0
                ? " (" + metrics.acceptedTokens() + " of " + metrics.draftedTokens() + " guesses right)"
                : "";
    }

    private static String phase(Phase phase) {
        return phase.name() + ": " + Units.count(phase.rows(), "row") + " in " + Units.count(phase.steps(), "step")
                + ", " + Units.count(phase.pages(), "page") + " taken, " + Units.milliseconds(phase.milliseconds())
                + ", weights read at " + Units.decimal(phase.gigabytesPerSecond(), 2) + " GB/s";
    }

    private static String rate(Phase phase) {
        return phase.rows() > 0 ? " at " + Units.decimal(phase.rowsPerSecond(), 1) + "/s" : "";
    }
}
