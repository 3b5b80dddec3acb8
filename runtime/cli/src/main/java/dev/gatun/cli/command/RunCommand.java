package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Interrupts;
import dev.gatun.cli.Json;
import dev.gatun.cli.ReaderGoneException;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.FinishReason;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.SamplingParams;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers one prompt. */
@Command(name = "run", description = "Answer one prompt.")
public final class RunCommand implements Callable<Integer> {
    private final Console console;
    private final ModelStore models;

    @Parameters(arity = "0..*", paramLabel = "PROMPT", description = "The prompt; without it, standard input is read.")
    private List<String> words = List.of();

    @Option(names = "--file", paramLabel = "FILE", description = "Read the prompt from a file.")
    private @Nullable Path file;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system message.")
    private @Nullable String system;

    @Option(names = "--raw", description = "Continue the text as it is, without the chat template.")
    private boolean raw;

    @Option(names = "--json", description = "Print one JSON object at the end instead of the text.")
    private boolean json;

    @Option(
            names = "--context",
            paramLabel = "N",
            description = "Most tokens of prompt and answer together; 0 for the model's own (default: 0).",
            defaultValue = "0")
    private int context;

    @Mixin
    private EngineSettings settings = new EngineSettings();

    @Mixin
    private SamplingSettings sampling = new SamplingSettings();

    @Mixin
    private ConstraintSettings constraint = new ConstraintSettings();

    public RunCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() {
        SamplingParams params = constraint.with(sampling.params());
        Request request = PromptText.request(words, file, console, system, raw).with(params);
        try (Engine engine = settings.open(models, console, context)) {
            Generation generation = engine.submit(request);
            try (Interrupts interrupts = new Interrupts(generation::cancel)) {
                FinishReason reason = json ? generation.await() : stream(generation);
                if (json) {
                    console.json(result(engine, generation, reason));
                }
                Metrics.print(console, generation.metrics());
                return interrupts.happened() ? ExitCode.INTERRUPTED : ExitCode.OK;
            }
        }
    }

    private FinishReason stream(Generation generation) {
        try {
            for (String piece : generation) {
                console.print(piece);
            }
            console.print("\n");
        } catch (ReaderGoneException e) {
            generation.cancel();
            throw e;
        }
        return generation.await();
    }

    private static Map<String, Object> result(Engine engine, Generation generation, FinishReason reason) {
        return Json.object(
                "text", generation.text(),
                "tokens", generation.tokens(),
                "prompt_tokens", generation.prompt(),
                "finish_reason", reason.name().toLowerCase(Locale.ROOT),
                "metrics", Metrics.json(generation.metrics()),
                "backend", engine.stats().backend(),
                "model", engine.info().name());
    }
}
