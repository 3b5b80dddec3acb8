package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Message;
import dev.gatun.runtime.engine.Request;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The prompt of a command that answers one. */
final class PromptSettings {

    @Parameters(arity = "0..*", paramLabel = "PROMPT", description = "The prompt; without it, standard input is read.")
    private List<String> words = List.of();

    @Option(names = "--file", paramLabel = "FILE", description = "Read the prompt from a file.")
    private @Nullable Path file;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system message.")
    private @Nullable String system;

    @Option(names = "--raw", description = "Continue the text as it is, without the chat template.")
    private boolean raw;

    @Option(
            names = "--negative-prompt",
            paramLabel = "TEXT",
            description =
                    "With --guidance-scale: lead away from what this prompt, in the same form, would bring forth.")
    private @Nullable String negative;

    /**
     * The request for the prompt.
     *
     * @throws InvalidInputException as {@link PromptText#read}, or if {@code --raw} leaves no place for a system message
     */
    Request request(Console console) {
        if (raw && system != null) {
            throw new InvalidInputException("--system and --raw exclude each other: --raw has no messages.");
        }
        Request request = of(PromptText.read(words, file, console));
        return negative == null ? request : request.withNegativePrompt(of(negative));
    }

    private Request of(String prompt) {
        if (raw) {
            return Request.text(prompt);
        }
        Message question = Message.user(prompt);
        return Request.chat(system == null ? List.of(question) : List.of(Message.system(system), question));
    }
}
