package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A text from the command line, a file or standard input. */
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
