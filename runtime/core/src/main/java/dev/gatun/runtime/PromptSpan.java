package dev.gatun.runtime;

/**
 * A stretch of prompt text and whether it may hold control tokens.
 *
 * <p>Text that came from a message is untrusted: {@code <|im_end|>} in it is eight characters, never the control token.
 * Text that the template itself wrote is trusted.
 *
 * @param text the characters
 * @param trusted whether control tokens spelled out in {@code text} become control tokens
 */
public record PromptSpan(String text, boolean trusted) {}
