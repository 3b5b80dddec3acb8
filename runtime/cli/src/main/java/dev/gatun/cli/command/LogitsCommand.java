package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.eval.NpyFile;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The logits that follow a prompt. */
@Command(name = "logits", description = "Write the logits after a prompt's last token as a float32 .npy file.")
public final class LogitsCommand implements Callable<Integer> {
    private final Console console;
    private final ModelStore models;

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "The prompt.")
    private String prompt = "";

    @Option(names = "--raw", description = "Take the text as it is, without the chat template.")
    private boolean raw;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write.")
    private Path out = Path.of("");

    @Option(names = "--json", description = "Print {\"file\",\"tokens\",\"vocabulary\"}.")
    private boolean json;

    @Mixin
    private EngineSettings settings = new EngineSettings();

    public LogitsCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() throws IOException {
        try (Engine engine = settings.open(models, console, 0)) {
            int[] tokens = engine.promptTokens(raw ? Request.text(prompt) : Request.chat(prompt));
            float[] last = new float[engine.info().vocabulary()];
            engine.evaluate(
                    tokens, tokens.length - 1, (position, logits) -> System.arraycopy(logits, 0, last, 0, last.length));
            NpyFile.write(out, last);
            if (json) {
                console.json(Json.object("file", out.toString(), "tokens", tokens, "vocabulary", last.length));
            } else {
                console.println(out.toString());
            }
        }
        return ExitCode.OK;
    }
}
