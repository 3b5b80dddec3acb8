package dev.gatun.runtime.token;

import java.util.Set;

/** The texts by which the published models end what they say. */
final class EndOfGeneration {
    private static final Set<String> TEXTS = Set.of(
            "<|im_end|>",
            "<|eot_id|>",
            "<|eom_id|>",
            "<|end_of_text|>",
            "<|endoftext|>",
            "<|end|>",
            "<|return|>",
            "<|call|>",
            "<|flush|>",
            "<|calls|>",
            "<|eot|>",
            "<|eom|>",
            "<|end_of_turn|>",
            "<end_of_turn>",
            "<turn|>",
            "<end_of_utterance>",
            "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
            "<EOT>",
            "_<EOT>",
            "[EOT]",
            "[EOS]",
            "<eos>",
            "</s>");

    private EndOfGeneration() {}

    static boolean isKnown(String text) {
        return TEXTS.contains(text);
    }
}
