package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.Units;
import dev.gatun.cli.eval.BaseLogits;
import dev.gatun.cli.eval.Divergence;
import dev.gatun.cli.eval.Windows;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Divergence of a run's predictions from those of a stored run. */
@Command(
        name = "kl",
        description = {
            "Kullback-Leibler divergence from stored logits.",
            "First: gatun eval kl --text FILE --save BASE (the better model); then: gatun eval kl --base BASE (the other)."
        })
public final class DivergenceCommand implements Callable<Integer> {
    private final Console console;
    private final ModelStore models;

    @Option(names = "--save", paramLabel = "FILE", description = "Store this run's logits; needs --text.")
    private @Nullable Path save;

    @Option(names = "--base", paramLabel = "FILE", description = "Compare with these; the text is in them.")
    private @Nullable Path base;

    @Option(names = "--text", paramLabel = "FILE", description = "The text, for --save.")
    private @Nullable Path text;

    @Option(names = "--ctx", paramLabel = "N", description = "Tokens of a window, for --save (default: 512).")
    private @Nullable Integer context;

    @Option(names = "--chunks", paramLabel = "N", description = "Windows at most, for --save (default: all).")
    private @Nullable Integer chunks;

    @Option(
            names = "--json",
            description = "Print {\"mean_kl\",\"median_kl\",\"p99_kl\",\"max_kl\",\"top1_agreement\",...}.")
    private boolean json;

    @Mixin
    private EngineSettings settings = new EngineSettings();

    public DivergenceCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() throws IOException {
        if ((save == null) == (base == null)) {
            throw new InvalidInputException("Give one of --save FILE (to store logits) and --base FILE (to compare).");
        }
        if (save != null) {
            if (text == null) {
                throw new InvalidInputException("--save needs the text: --text FILE.");
            }
            store(save, text);
        } else if (base != null) {
            if (text != null || context != null || chunks != null) {
                throw new InvalidInputException("--base has text, --ctx and --chunks in it; leave them out.");
            }
            compare(base);
        }
        return ExitCode.OK;
    }

    private void store(Path file, Path source) throws IOException {
        int tokens = context == null ? 512 : context;
        String content = PromptText.read(source);
        try (Engine engine = settings.open(models, console, tokens)) {
            Windows windows = Windows.of(engine, content, tokens, chunks == null ? 0 : chunks);
            EvalProgress progress = new EvalProgress(console, windows);
            try (BaseLogits.Writer writer =
                    new BaseLogits.Writer(file, windows, engine.info().vocabulary())) {
                windows.evaluate(engine, writer, window -> progress.finished(window, "stored"));
            }
            if (json) {
                console.json(
                        Json.object("file", file.toString(), "tokens", windows.scored(), "chunks", windows.count()));
            } else {
                console.println(
                        "stored " + windows.scored() + " positions of " + windows.count() + " chunks in " + file);
            }
        }
    }

    private void compare(Path file) throws IOException {
        try (BaseLogits.Reader reader = new BaseLogits.Reader(file);
                Engine engine = settings.open(models, console, reader.windows().context())) {
            if (reader.vocabulary() != engine.info().vocabulary()) {
                throw new InvalidInputException("The stored logits have " + reader.vocabulary()
                        + " tokens and the model has " + engine.info().vocabulary()
                        + "; compare models with the same vocabulary.");
            }
            Divergence divergence = new Divergence(reader);
            EvalProgress progress = new EvalProgress(console, reader.windows());
            reader.windows()
                    .evaluate(
                            engine,
                            divergence,
                            window -> progress.finished(window, "mean " + scientific(divergence.mean())));
            report(divergence, reader.windows());
        }
    }

    private void report(Divergence divergence, Windows windows) {
        if (json) {
            console.json(Json.object(
                    "mean_kl", divergence.mean(),
                    "median_kl", divergence.quantile(0.5),
                    "p99_kl", divergence.quantile(0.99),
                    "max_kl", divergence.quantile(1),
                    "top1_agreement", divergence.topAgreement(),
                    "perplexity", divergence.perplexity(),
                    "base_perplexity", divergence.basePerplexity(),
                    "tokens", divergence.count(),
                    "chunks", windows.count()));
            return;
        }
        console.println("KL divergence in nats over " + divergence.count() + " positions");
        console.println("  mean    " + scientific(divergence.mean()));
        console.println("  median  " + scientific(divergence.quantile(0.5)));
        console.println("  p99     " + scientific(divergence.quantile(0.99)));
        console.println("  max     " + scientific(divergence.quantile(1)));
        console.println("same likeliest token: " + Units.decimal(100 * divergence.topAgreement(), 2) + " %");
        console.println("perplexity " + Units.decimal(divergence.perplexity(), 4) + ", stored run "
                + Units.decimal(divergence.basePerplexity(), 4));
    }

    private static String scientific(double value) {
        return String.format(Locale.ROOT, "%.3e", value);
    }
}
