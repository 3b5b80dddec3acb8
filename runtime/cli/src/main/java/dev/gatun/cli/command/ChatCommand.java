package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.sampler.SamplingParams;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A conversation of many turns. */
@Command(name = "chat", description = "Talk with the model; /help lists the commands inside.")
public final class ChatCommand implements Callable<Integer> {
    private final Console console;
    private final ModelStore models;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system message.")
    private @Nullable String system;

    @Option(
            names = "--context",
            paramLabel = "N",
            description = "Most tokens of the conversation; 0 for the model's own (default: 0).",
            defaultValue = "0")
    private int context;

    @Mixin
    private EngineSettings settings = new EngineSettings();

    @Mixin
    private SamplingSettings sampling = new SamplingSettings();

    public ChatCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() throws IOException {
        SamplingParams params = sampling.params();
        try (Engine engine = settings.open(models, console, context, params.guidanceScale() == 1 ? 1 : 2);
                ChatInput input = ChatInput.open(console, models.folder().resolve("chat_history"))) {
            if (!engine.info().hasChatTemplate()) {
                throw new InvalidInputException(
                        "The model has no chat template, so it can not be talked with; use gatun run --raw.");
            }
            Chat chat = new Chat(console, engine, params, system);
            if (input.isInteractive()) {
                console.note("/help lists commands, /exit or Ctrl-D ends");
            }
            for (String line = input.next(); line != null && chat.accept(line); line = input.next()) {
                if (chat.wasInterrupted() && !input.isInteractive()) {
                    return ExitCode.INTERRUPTED;
                }
            }
        }
        return ExitCode.OK;
    }
}
