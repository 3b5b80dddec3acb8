package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** Where a chat's lines come from: a terminal with editing and history, or a pipe. */
interface ChatInput extends AutoCloseable {

    /** The next line; null at the end. */
    @Nullable
    String next() throws IOException;

    /** Whether a person sits there. */
    boolean isInteractive();

    @Override
    void close() throws IOException;

    /** The terminal if both ends are one, else the pipe. */
    static ChatInput open(Console console, Path history) throws IOException {
        return console.inIsTerminal() && console.outIsTerminal()
                ? new OfTerminal(console, history)
                : new OfPipe(console);
    }

    /** Line editing by JLine. */
    final class OfTerminal implements ChatInput {
        private static final String PROMPT = "> ";

        private final Console console;
        private final Terminal terminal;
        private final LineReader reader;

        OfTerminal(Console console, Path history) throws IOException {
            this.console = console;
            this.terminal = TerminalBuilder.builder().system(true).dumb(true).build();
            this.reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .appName("gatun")
                    .variable(LineReader.HISTORY_FILE, history)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
        }

        @Override
        public @Nullable String next() {
            while (true) {
                try {
                    return reader.readLine(PROMPT);
                } catch (UserInterruptException e) {
                    console.note("(Ctrl-D or /exit ends the chat)");
                } catch (EndOfFileException e) {
                    return null;
                }
            }
        }

        @Override
        public boolean isInteractive() {
            return true;
        }

        @Override
        public void close() throws IOException {
            terminal.close();
        }
    }

    /** Plain lines. */
    final class OfPipe implements ChatInput {
        private final BufferedReader reader;

        OfPipe(Console console) {
            this.reader = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        }

        @Override
        public @Nullable String next() throws IOException {
            return reader.readLine();
        }

        @Override
        public boolean isInteractive() {
            return false;
        }

        @Override
        public void close() {
            // Standard input is not ours to close.
        }
    }
}
