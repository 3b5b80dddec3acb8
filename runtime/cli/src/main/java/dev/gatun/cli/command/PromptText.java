package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Message;
import dev.gatun.runtime.engine.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A text from the command line, a file or standard input, and the request it makes. */
final class PromptText {
    private static final String STANDARD_INPUT = "-";

    private PromptText() {}

    /**
     * The text that was given. One line break at the end of a file or of standard input is left out: editors and
     * {@code echo} put it there.
     *
     * @param words from the command line, joined by spaces; {@code -} alone is standard input
     * @throws InvalidInputException if none is given, two are, or it is not UTF-8
     */
    static String read(List<String> words, @Nullable Path file, Console console) {
        if (!words.isEmpty() && file != null) {
            throw new InvalidInputException("A text and --file " + file + " are given; give one of them.");
        }
        if (file != null) {
            return withoutLineBreak(read(file));
        }
        if (!words.isEmpty() && !words.equals(List.of(STANDARD_INPUT))) {
            return String.join(" ", words);
        }
        if (words.isEmpty() && console.inIsTerminal()) {
            throw new InvalidInputException("No text is given: name it, or use --file FILE or standard input.");
        }
        try {
            return withoutLineBreak(decode(console.in().readAllBytes(), "Standard input"));
        } catch (IOException e) {
            throw new InvalidInputException("Standard input can not be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * The request for a text that was given.
     *
     * @param system the system message, or null
     * @param raw whether the text is continued as it is, without the chat template
     * @throws InvalidInputException as {@link #read}, or if {@code raw} leaves no place for a system message
     */
    static Request request(
            List<String> words, @Nullable Path file, Console console, @Nullable String system, boolean raw) {
        if (raw && system != null) {
            throw new InvalidInputException("--system and --raw exclude each other: --raw has no messages.");
        }
        String prompt = read(words, file, console);
        if (raw) {
            return Request.text(prompt);
        }
        Message question = Message.user(prompt);
        return Request.chat(system == null ? List.of(question) : List.of(Message.system(system), question));
    }

    /** All of a file. */
    static String read(Path file) {
        try {
            return decode(Files.readAllBytes(file), "The file " + file);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException("There is no file " + file + ".", e);
        } catch (IOException e) {
            throw new InvalidInputException("The file " + file + " can not be read: " + e.getMessage() + ".", e);
        }
    }

    private static String decode(byte[] bytes, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(what + " is not UTF-8 text.", e);
        }
    }

    private static String withoutLineBreak(String text) {
        int end = text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
        return text.substring(0, text.length() - end);
    }
}
