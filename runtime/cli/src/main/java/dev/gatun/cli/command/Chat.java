package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.Interrupts;
import dev.gatun.cli.Json;
import dev.gatun.cli.ReaderGoneException;
import dev.gatun.cli.Units;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.EngineStats;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.GenerationMetrics;
import dev.gatun.runtime.engine.Message;
import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.SamplingParams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation: its messages, its commands, its answers. Keys and values of former turns are found again by the
 * engine's prefix cache, because each turn's prompt begins with the turns before.
 */
final class Chat {
    private static final String HELP = """
            /help          this help
            /system TEXT   set the system message and start anew; without TEXT, show it
            /reset         start anew with the same system message
            /stats         what the last answer took, and where the engine stands
            /save FILE     write the conversation as JSON
            /exit          end (also Ctrl-D); Ctrl-C cancels an answer""";

    private final Console console;
    private final Engine engine;
    private final SamplingParams sampling;
    private final List<Message> messages = new ArrayList<>();
    private @Nullable String system;
    private @Nullable GenerationMetrics last;
    private boolean interrupted;

    Chat(Console console, Engine engine, SamplingParams sampling, @Nullable String system) {
        this.console = console;
        this.engine = engine;
        this.sampling = sampling;
        this.system = system;
    }

    /**
     * Takes one line.
     *
     * @return whether the chat goes on
     */
    boolean accept(String line) {
        String text = line.strip();
        if (text.isEmpty()) {
            return true;
        }
        if (!text.startsWith("/")) {
            answer(text);
            return true;
        }
        String command = text.split("\\s", 2)[0];
        String argument = text.substring(command.length()).strip();
        switch (command) {
            case "/exit", "/quit" -> {
                return false;
            }
            case "/help" -> console.note(HELP);
            case "/reset" -> reset();
            case "/system" -> system(argument);
            case "/stats" -> stats();
            case "/save" -> save(argument);
            default -> console.note("There is no command " + command + "; /help lists them.");
        }
        return true;
    }

    /** The conversation so far, the system message first if there is one. */
    List<Message> messages() {
        List<Message> all = new ArrayList<>();
        if (system != null) {
            all.add(Message.system(system));
        }
        all.addAll(messages);
        return all;
    }

    /** Whether the last answer was cut short by Ctrl-C. */
    boolean wasInterrupted() {
        return interrupted;
    }

    private void answer(String question) {
        messages.add(Message.user(question));
        Generation generation;
        try {
            generation = engine.submit(Request.chat(messages()).with(sampling));
        } catch (InvalidInputException e) {
            messages.removeLast();
            console.note(e.getMessage() + " /reset starts anew.");
            return;
        }
        try (Interrupts interrupts = new Interrupts(generation::cancel)) {
            for (String piece : generation) {
                console.print(piece);
            }
            console.print("\n");
            interrupted = interrupts.happened();
        } catch (ReaderGoneException e) {
            generation.cancel();
            throw e;
        }
        messages.add(Message.assistant(generation.text()));
        last = generation.metrics();
        Metrics.print(console, last);
    }

    private void reset() {
        messages.clear();
        console.note("A new conversation.");
    }

    private void system(String text) {
        if (text.isEmpty()) {
            console.note(system == null ? "There is no system message." : "The system message: " + system);
        } else {
            system = text;
            reset();
        }
    }

    private void stats() {
        if (last != null) {
            Metrics.print(console, last);
        }
        EngineStats stats = engine.stats();
        console.note(stats.backend() + " | context " + stats.context() + " | key-value cache "
                + Units.bytes(stats.kvBytes()) + ", " + Units.count(stats.freePages() + stats.heldPages(), "page")
                + " of 64 tokens | "
                + Units.count(messages.size(), "message"));
    }

    private void save(String name) {
        if (name.isEmpty()) {
            console.note("Name a file: /save FILE");
            return;
        }
        try {
            Path file = Path.of(name);
            List<?> list = messages().stream()
                    .map(message -> Json.object("role", message.role(), "content", message.content()))
                    .toList();
            Files.writeString(file, Json.write(Json.object("messages", list)) + "\n");
            console.note("Saved " + Units.count(list.size(), "message") + " to " + file + ".");
        } catch (IOException | UncheckedIOException | InvalidPathException e) {
            console.note("The file " + name + " can not be written: " + e + ".");
        }
    }
}
