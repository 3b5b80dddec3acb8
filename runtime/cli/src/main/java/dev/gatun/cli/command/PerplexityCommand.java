package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.Units;
import dev.gatun.cli.eval.Perplexity;
import dev.gatun.cli.eval.Windows;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.engine.Engine;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Perplexity of a text, computed as llama.cpp's tool does. */
@Command(name = "ppl", description = "Perplexity of a text, as llama.cpp computes it.")
public final class PerplexityCommand implements Callable<Integer> {
    private final Console console;
    private final ModelStore models;

    @Option(names = "--text", required = true, paramLabel = "FILE", description = "The text.")
    private Path text = Path.of("");

    @Option(
            names = "--ctx",
            paramLabel = "N",
            description = "Tokens of a window; the second half is scored (default: ${DEFAULT-VALUE}).",
            defaultValue = "512")
    private int context;

    @Option(
            names = "--chunks",
            paramLabel = "N",
            description = "Windows at most; 0 for all (default: 0).",
            defaultValue = "0")
    private int chunks;

    @Option(names = "--json", description = "Print {\"perplexity\",\"tokens\",\"chunks\"}.")
    private boolean json;

    @Mixin
    private EngineSettings settings = new EngineSettings();

    public PerplexityCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() {
        String source = PromptText.read(text);
        try (Engine engine = settings.open(models, console, context)) {
            Windows windows = Windows.of(engine, source, context, chunks);
            Perplexity perplexity = new Perplexity();
            EvalProgress progress = new EvalProgress(console, windows);
            windows.evaluate(
                    engine,
                    perplexity,
                    window -> progress.finished(window, "perplexity " + Units.decimal(perplexity.value(), 4)));
            if (json) {
                console.json(Json.object(
                        "perplexity", perplexity.value(),
                        "tokens", perplexity.count(),
                        "chunks", windows.count(),
                        "standard_error", perplexity.standardError()));
            } else {
                console.println("perplexity " + Units.decimal(perplexity.value(), 4) + " +- "
                        + Units.decimal(perplexity.standardError(), 4) + " (" + perplexity.count() + " tokens, "
                        + windows.count() + " chunks of " + context + ")");
            }
        }
        return ExitCode.OK;
    }
}
