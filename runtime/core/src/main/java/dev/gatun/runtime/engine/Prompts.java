package dev.gatun.runtime.engine;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.template.ChatTemplate;
import dev.gatun.runtime.token.Tokenizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Turns requests into tokens. Text of messages is tokenized without control tokens: only what the template itself wrote
 * can become one.
 */
final class Prompts {
    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;

    Prompts(Tokenizer tokenizer, Optional<ChatTemplate> template) {
        this.tokenizer = tokenizer;
        this.template = template;
    }

    boolean hasChatTemplate() {
        return template.isPresent();
    }

    int[] tokens(Request.Prompt prompt) {
        return switch (prompt) {
            case Request.Prompt.Chat chat -> chat(chat.messages());
            case Request.Prompt.Text text -> tokenizer.encode(text.text(), false, true);
            case Request.Prompt.Tokens tokens -> checked(tokens.ids());
        };
    }

    private int[] chat(List<Message> messages) {
        ChatTemplate chatTemplate = template.orElseThrow(() -> new InvalidInputException(
                "The model has no chat template; ask for a continuation of the plain text instead (--raw)."));
        Map<String, Object> variables = new HashMap<>();
        variables.put(
                "messages",
                messages.stream()
                        .map(message -> Map.of("role", message.role(), "content", message.content()))
                        .toList());
        variables.put("add_generation_prompt", true);
        putSpelling(variables, "bos_token", tokenizer.bos());
        putSpelling(variables, "eos_token", tokenizer.eos());
        return tokenizer.encode(chatTemplate.render(variables).spans());
    }

    private void putSpelling(Map<String, Object> variables, String name, OptionalInt token) {
        if (token.isPresent()) {
            variables.put(name, ChatTemplate.trusted(tokenizer.piece(token.getAsInt())));
        }
    }

    private int[] checked(List<Integer> ids) {
        for (int id : ids) {
            if (id < 0 || id >= tokenizer.vocabularySize()) {
                throw new InvalidInputException("The prompt holds token " + id + "; the vocabulary has tokens 0 to "
                        + (tokenizer.vocabularySize() - 1) + ".");
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
