package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Interrupts;
import dev.gatun.cli.explain.AttentionMap;
import dev.gatun.cli.explain.Piece;
import dev.gatun.cli.explain.SearchJson;
import dev.gatun.cli.explain.SearchPage;
import dev.gatun.cli.explain.SearchStory;
import dev.gatun.cli.explain.SearchText;
import dev.gatun.cli.explain.Story;
import dev.gatun.cli.explain.StoryJson;
import dev.gatun.cli.explain.StoryPage;
import dev.gatun.cli.explain.StoryText;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Choice;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.FinishReason;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.Request;
import dev.gatun.runtime.engine.SearchStep;
import dev.gatun.sampler.SamplingParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows how an answer comes about. */
@Command(name = "explain", description = "Show step by step how an answer comes about.")
public final class ExplainCommand implements Callable<Integer> {
    private static final int USUAL_MAX_TOKENS = 16;

    private final Console console;
    private final ModelStore models;

    @Mixin
    private PromptSettings prompt = new PromptSettings();

    @Option(names = "--json", description = "Print one JSON object instead of the text.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write one HTML page with pictures, too.")
    private @Nullable Path html;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            description = "Tokens to show after each stage, or continuations of a search to list at each step, 1 to 100"
                    + " (default: 10).",
            defaultValue = "10")
    private int candidates;

    @Option(
            names = "--attention",
            paramLabel = "LAYER,HEAD",
            description = "Show what a head looks at, counted from 0; for the JSON object and the page.")
    private @Nullable String attention;

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

    public ExplainCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() {
        if (candidates < 1 || candidates > 100) {
            throw new InvalidInputException("--candidates is " + candidates + "; expected 1 to 100.");
        }
        int[] head = attention == null ? new int[0] : head(attention);
        if (attention != null && html == null && !json) {
            throw new InvalidInputException(
                    "--attention is shown in the JSON object and on the page; add --json or --html FILE.");
        }
        return sampling.searches() ? explainSearch(head) : explainChoices(head);
    }

    private int explainSearch(int[] head) {
        settings.refuseGuesses();
        List<SearchStep> steps = Collections.synchronizedList(new ArrayList<>());
        Request request = sampling.search(prompt.request(console), USUAL_MAX_TOKENS)
                .watchedSearch(steps::add)
                .checked();
        try (Engine engine = settings.open(models, console, context, request.width())) {
            Generation generation = engine.submit(request);
            try (Interrupts interrupts = new Interrupts(generation::cancel)) {
                generation.await();
                SearchStory story = new SearchStory(
                        engine.info().name(),
                        engine.stats().backend(),
                        pieces(engine, generation.prompt()),
                        sampling.beams(),
                        List.copyOf(steps),
                        generation.answers(),
                        generation.metrics(),
                        attention(engine, generation, head),
                        token -> new Piece(token, engine.piece(token)));
                if (html != null) {
                    write(html, new SearchPage(story, candidates).write());
                }
                if (json) {
                    console.json(SearchJson.of(story, Metrics.json(story.metrics())));
                } else {
                    new SearchText(story, console::println).write();
                }
                Metrics.print(console, story.metrics());
                return interrupts.happened() ? ExitCode.INTERRUPTED : ExitCode.OK;
            }
        }
    }

    private int explainChoices(int[] head) {
        List<Choice> choices = Collections.synchronizedList(new ArrayList<>());
        Request request = prompt.request(console)
                .with(params())
                .watched(candidates, choices::add)
                .checked();
        try (Engine engine = settings.open(models, console, context, request.width())) {
            Generation generation = engine.submit(request);
            try (Interrupts interrupts = new Interrupts(generation::cancel)) {
                FinishReason reason = generation.await();
                tell(story(engine, generation, reason, List.copyOf(choices), head));
                return interrupts.happened() ? ExitCode.INTERRUPTED : ExitCode.OK;
            }
        }
    }

    private SamplingParams params() {
        SamplingParams params = sampling.params();
        return params.maxTokens().isPresent()
                ? params
                : params.toBuilder().maxTokens(USUAL_MAX_TOKENS).build();
    }

    private static int[] head(String text) {
        String[] parts = text.split(",", -1);
        try {
            if (parts.length == 2) {
                return new int[] {Integer.parseInt(parts[0].strip()), Integer.parseInt(parts[1].strip())};
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new InvalidInputException("--attention is '" + text + "'; expected a layer and a head, such as 4,0.");
    }

    private static Story story(
            Engine engine, Generation generation, FinishReason reason, List<Choice> choices, int[] head) {
        return new Story(
                engine.info().name(),
                engine.stats().backend(),
                pieces(engine, generation.prompt()),
                choices,
                generation.text(),
                reason.name().toLowerCase(Locale.ROOT),
                generation.metrics(),
                attention(engine, generation, head),
                token -> new Piece(token, engine.piece(token)));
    }

    /** What a head looked at, if one was named. */
    private static @Nullable AttentionMap attention(Engine engine, Generation generation, int[] head) {
        if (head.length == 0) {
            return null;
        }
        int[] tokens = IntStream.concat(Arrays.stream(generation.prompt()), Arrays.stream(generation.tokens()))
                .toArray();
        return new AttentionMap(
                head[0], head[1], pieces(engine, tokens), List.of(engine.attention(tokens, head[0], head[1])));
    }

    private static List<Piece> pieces(Engine engine, int[] tokens) {
        return Arrays.stream(tokens)
                .mapToObj(token -> new Piece(token, engine.piece(token)))
                .toList();
    }

    private void tell(Story story) {
        if (html != null) {
            write(html, new StoryPage(story, candidates).write());
        }
        if (json) {
            console.json(StoryJson.of(story, Metrics.json(story.metrics())));
        } else {
            new StoryText(story, console::println).write();
        }
        Metrics.print(console, story.metrics());
    }

    private void write(Path file, String page) {
        try {
            Files.writeString(file, page);
        } catch (IOException e) {
            throw new InvalidInputException("The page " + file + " can not be written: " + e.getMessage() + ".", e);
        }
        console.note("page written to " + file);
    }
}
