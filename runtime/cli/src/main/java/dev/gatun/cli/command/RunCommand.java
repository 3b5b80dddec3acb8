package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Interrupts;
import dev.gatun.cli.ReaderGoneException;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.Request;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Answers one prompt. */
@Command(name = "run", description = "Answer one prompt.")
public final class RunCommand implements Callable<Integer> {
    private final Console console;
    private final ModelStore models;

    @Mixin
    private PromptSettings prompt = new PromptSettings();

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

    public RunCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() {
        Request request = sampling.request(prompt.request(console), json);
        if (sampling.searches()) {
            settings.refuseGuesses();
        }
        try (Engine engine = settings.open(models, console, context, request.width())) {
            Generation generation = engine.submit(request);
            try (Interrupts interrupts = new Interrupts(generation::cancel)) {
                if (json) {
                    generation.await();
                    console.json(RunResult.of(engine, generation, sampling.listsAnswers()));
                } else if (request.answers() > 1) {
                    print(generation.answers());
                } else {
                    stream(generation);
                }
                Metrics.print(console, generation.metrics());
                return interrupts.happened() ? ExitCode.INTERRUPTED : ExitCode.OK;
            }
        }
    }

    private void print(List<Answer> answers) {
        for (int i = 0; i < answers.size(); i++) {
            console.print("[" + (i + 1) + "] " + answers.get(i).text() + "\n");
        }
    }

    private void stream(Generation generation) {
        try {
            for (String piece : generation) {
                console.print(piece);
            }
            console.print("\n");
        } catch (ReaderGoneException e) {
            generation.cancel();
            throw e;
        }
        generation.await();
    }
}
