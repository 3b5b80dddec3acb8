package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.token.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Text to tokens and back. */
@Command(name = "tokenize", description = "Turn text into tokens, or tokens into text.")
public final class TokenizeCommand implements Callable<Integer> {
    private final Console console;
    private final ModelStore models;

    @Parameters(arity = "0..*", paramLabel = "TEXT", description = "The text; without it, standard input is read.")
    private List<String> words = List.of();

    @Option(names = "--file", paramLabel = "FILE", description = "Read the text from a file.")
    private @Nullable Path file;

    @Option(
            names = "--decode",
            paramLabel = "IDS",
            description = "Turn these tokens, separated by , or spaces, into text.")
    private @Nullable String ids;

    @Option(names = "--special", description = "Control tokens spelled out in the text become control tokens.")
    private boolean special;

    @Option(names = "--add-special", description = "Add what the model wants before and after a text (BOS, EOS).")
    private boolean addSpecial;

    @Option(names = "--json", description = "Print {\"ids\",\"pieces\"}; with --decode {\"text\"}.")
    private boolean json;

    @Option(
            names = "--jsonl",
            description = "Standard input: a JSON string a line; output: a JSON array of ids a line.")
    private boolean lines;

    @Mixin
    private ModelOption model = new ModelOption();

    public TokenizeCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() throws IOException {
        if (lines && (ids != null || json || file != null || !words.isEmpty())) {
            throw new InvalidInputException(
                    "--jsonl reads texts from standard input; leave out TEXT, --file, --decode and --json.");
        }
        if (ids != null && (addSpecial || file != null || !words.isEmpty())) {
            throw new InvalidInputException("--decode takes tokens; leave out TEXT, --file and --add-special.");
        }
        try (Arena arena = Arena.ofConfined()) {
            Tokenizer tokenizer = Tokenizer.of(
                    GgufFile.open(model.file(models, console), arena).metadata());
            if (lines) {
                encodeLines(tokenizer);
            } else if (ids != null) {
                decode(tokenizer, ids);
            } else {
                encode(tokenizer, PromptText.read(words, file, console));
            }
        }
        return ExitCode.OK;
    }

    private void encode(Tokenizer tokenizer, String text) {
        int[] tokens = tokenizer.encode(text, special, addSpecial);
        if (json) {
            console.json(Json.object(
                    "ids",
                    tokens,
                    "pieces",
                    Arrays.stream(tokens).mapToObj(tokenizer::piece).toList()));
        } else {
            console.println(Arrays.stream(tokens).mapToObj(Integer::toString).collect(Collectors.joining(" ")));
        }
    }

    private void encodeLines(Tokenizer tokenizer) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        long number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            String text;
            try {
                text = Json.readString(line);
            } catch (InvalidInputException e) {
                throw new InvalidInputException("Line " + number + ": " + e.getMessage(), e);
            }
            console.println(Json.write(tokenizer.encode(text, special, addSpecial)));
            if (!reader.ready()) {
                console.flush(); // whoever writes line by line waits for this one
            }
        }
    }

    private void decode(Tokenizer tokenizer, String list) {
        int[] tokens = Arrays.stream(list.split("[\\s,\\[\\]]+"))
                .filter(word -> !word.isEmpty())
                .mapToInt(word -> token(word, tokenizer))
                .toArray();
        String text = tokenizer.decode(tokens, special);
        if (json) {
            console.json(Json.object("text", text));
        } else {
            console.println(text);
        }
    }

    private static int token(String word, Tokenizer tokenizer) {
        int most = tokenizer.vocabularySize() - 1;
        try {
            int token = Integer.parseInt(word);
            if (token >= 0 && token <= most) {
                return token;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new InvalidInputException("--decode holds '" + word + "'; expected tokens from 0 to " + most + ".");
    }
}
