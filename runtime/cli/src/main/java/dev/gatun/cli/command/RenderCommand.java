package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.template.ChatTemplate;
import dev.gatun.runtime.token.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Applies a chat template to the variables of a JSON object. */
@Command(
        name = "render",
        description = {
            "Apply a chat template to a JSON object:",
            "{\"template\"?, \"messages\", \"tools\"?, \"add_generation_prompt\"?, other variables...}",
            "The template is the model's where the object has none."
        })
public final class RenderCommand implements Callable<Integer> {
    private static final String TEMPLATE = "template";

    private final Console console;
    private final ModelStore models;
    private @Nullable ModelTemplate modelTemplate;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The object; without it, standard input is read.")
    private @Nullable Path file;

    @Option(names = "--json", description = "Print {\"text\"}.")
    private boolean json;

    @Option(
            names = "--jsonl",
            description = "Standard input: such an object a line; output: {\"text\"} or {\"error\"} a line.")
    private boolean lines;

    @Mixin
    private ModelOption model = new ModelOption();

    /** A model's own template, and the spelling of the tokens that templates use by name. */
    private record ModelTemplate(ChatTemplate template, Map<String, Object> tokens) {}

    public RenderCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() throws IOException {
        if (lines) {
            if (file != null || json) {
                throw new InvalidInputException(
                        "--jsonl reads objects from standard input; leave out FILE and --json.");
            }
            renderLines();
            return ExitCode.OK;
        }
        String text = render(file == null || file.toString().equals("-") ? console.readAll() : PromptText.read(file));
        if (json) {
            console.json(Json.object("text", text));
        } else {
            console.print(console.outIsTerminal() ? text + "\n" : text);
        }
        return ExitCode.OK;
    }

    private void renderLines() throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            Map<String, Object> answer;
            try {
                answer = Json.object("text", render(line));
            } catch (InvalidInputException e) {
                answer = Json.object("error", String.valueOf(e.getMessage()));
            }
            console.println(Json.write(answer));
            if (!reader.ready()) {
                console.flush(); // whoever writes line by line waits for this one
            }
        }
    }

    private String render(String object) {
        Map<String, Object> variables = new HashMap<>(Json.readObject(object));
        Object source = variables.remove(TEMPLATE);
        if (source == null) {
            ModelTemplate own = ofModel();
            own.tokens().forEach(variables::putIfAbsent);
            return own.template().render(variables).text();
        }
        if (source instanceof String text) {
            return ChatTemplate.parse(text).render(variables).text();
        }
        throw new InvalidInputException("\"template\" is not a string.");
    }

    private ModelTemplate ofModel() {
        ModelTemplate known = modelTemplate;
        if (known == null) {
            try (Arena arena = Arena.ofConfined()) {
                known = read(GgufFile.open(model.file(models, console), arena));
            }
            modelTemplate = known;
        }
        return known;
    }

    private static ModelTemplate read(GgufFile model) {
        String source = model.metadata()
                .findString("tokenizer.chat_template")
                .orElseThrow(
                        () -> new InvalidInputException("The model has no chat template; give one as \"template\"."));
        Tokenizer tokenizer = Tokenizer.of(model.metadata());
        Map<String, Object> tokens = new HashMap<>();
        putSpelling(tokens, "bos_token", tokenizer, tokenizer.bos());
        putSpelling(tokens, "eos_token", tokenizer, tokenizer.eos());
        return new ModelTemplate(ChatTemplate.parse(source), tokens);
    }

    private static void putSpelling(Map<String, Object> tokens, String name, Tokenizer tokenizer, OptionalInt token) {
        if (token.isPresent()) {
            tokens.put(name, tokenizer.piece(token.getAsInt()));
        }
    }
}
