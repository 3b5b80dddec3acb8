package dev.gatun.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The three standard streams, in UTF-8 whatever the locale, and which of them are terminals. Results go to {@link #print}
 * and its kin, everything else to {@link #note}. One thread at a time.
 */
public final class Console {
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}&&[^\\n\\r\\t]]");

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final String terminals;
    private boolean verbose;

    /** @param terminals the numbers of those of the three streams that are terminals, such as {@code 02} */
    public Console(InputStream in, OutputStream out, OutputStream err, String terminals) {
        this.in = in;
        this.out = new PrintStream(out, false, StandardCharsets.UTF_8);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.terminals = terminals;
    }

    /** The process's own streams; the launcher says which are terminals. */
    static Console system() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
                new FileOutputStream(FileDescriptor.err),
                System.getProperty("gatun.terminals", ""));
    }

    // ---- results

    /**
     * Prints part of a result, at once.
     *
     * @throws ReaderGoneException if nobody reads
     */
    public void print(String text) {
        out.print(harmless(text));
        flush();
    }

    /** Prints a line of a result; it may stay in the buffer until the next {@link #print} or the end. */
    public void println(String line) {
        out.print(harmless(line));
        out.print('\n');
    }

    /** Prints one JSON object on a line of its own. */
    public void json(Map<String, ?> object) {
        println(Json.write(object));
        flush();
    }

    /**
     * Hands everything on.
     *
     * @throws ReaderGoneException if nobody reads
     */
    public void flush() {
        if (out.checkError()) {
            throw new ReaderGoneException();
        }
    }

    /** On a terminal, the text without what could drive it: models and files are not to be trusted. */
    private String harmless(String text) {
        return outIsTerminal() ? CONTROLS.matcher(text).replaceAll("\uFFFD") : text;
    }

    /** Standard output, for what formats on its own. */
    PrintStream out() {
        return out;
    }

    // ---- everything else

    /** Prints a line for the person who watches: banner, progress, metrics. */
    public void note(String line) {
        err.println(line);
    }

    /** Standard error, for what draws on it. */
    public PrintStream err() {
        return err;
    }

    /** Standard input as bytes. */
    public InputStream in() {
        return in;
    }

    /** All of standard input as text. */
    public String readAll() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    public boolean inIsTerminal() {
        return terminals.contains("0");
    }

    public boolean outIsTerminal() {
        return terminals.contains("1");
    }

    public boolean errIsTerminal() {
        return terminals.contains("2");
    }

    public boolean isVerbose() {
        return verbose;
    }

    void verbose(boolean verbose) {
        this.verbose = verbose;
    }
}
