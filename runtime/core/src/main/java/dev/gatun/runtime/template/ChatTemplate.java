package dev.gatun.runtime.template;

import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * A chat template: turns messages into the prompt text that a model was trained on.
 *
 * <p>It speaks the Jinja dialect of Hugging Face {@code transformers} ({@code trim_blocks}, {@code lstrip_blocks}, loop
 * controls, {@code generation}, {@code tojson}, {@code raise_exception}, {@code strftime_now}). It loads no other
 * template, reaches no Java object, and ends in a {@link TemplateException} rather than exceed its steps, text size or
 * depth. Differences from Python: integers have 64 bits, and {@code random} is refused.
 *
 * <p>Instances are immutable and safe to share between threads.
 */
public final class ChatTemplate {
    /** Longest template that is accepted, in characters. */
    static final int SOURCE_CHARS = 1 << 20;

    private final String source;
    private final List<Statement> statements;
    private final Clock clock;

    private ChatTemplate(String source, List<Statement> statements, Clock clock) {
        this.source = source;
        this.statements = statements;
        this.clock = clock;
    }

    /** Parses a template; {@code strftime_now} will read the system's clock. */
    public static ChatTemplate parse(String source) {
        return parse(source, Clock.system(ZoneId.systemDefault()));
    }

    /** Parses a template whose {@code strftime_now} reads {@code clock}. */
    public static ChatTemplate parse(String source, Clock clock) {
        if (source.length() > SOURCE_CHARS) {
            throw new TemplateException(
                    "a template of " + source.length() + " characters exceeds the limit of " + SOURCE_CHARS, 1, 1);
        }
        String text = source.replace("\r\n", "\n").replace('\r', '\n');
        if (text.endsWith("\n")) {
            text = text.substring(0, text.length() - 1);
        }
        return new ChatTemplate(text, Parser.parse(text), clock);
    }

    /**
     * Marks a string whose control tokens may act, such as {@code bos_token}. Every other string among the variables is
     * untrusted.
     */
    public static Object trusted(String text) {
        return Text.trusted(text);
    }

    /**
     * Renders the template.
     *
     * @param variables names and plain data: {@code String}, {@code Number}, {@code Boolean}, {@code null}, {@code List},
     *     {@code Map} with string keys, and what {@link #trusted} made
     * @throws TemplateException if the template fails, refuses its input by {@code raise_exception}, or exceeds a limit
     */
    public Rendered render(Map<String, Object> variables) {
        Interpreter interpreter = new Interpreter(clock);
        try {
            Scope scope = new Scope(null);
            Variables.define(interpreter.budget, variables, scope);
            Text text = interpreter.render(statements, scope);
            return new Rendered(text.string(), text.spans());
        } catch (Fault fault) {
            String message = fault.getMessage();
            throw TemplateException.at(source, interpreter.at, message == null ? "unknown error" : message);
        } catch (StackOverflowError deep) {
            throw TemplateException.at(source, interpreter.at, "the template nests too deep for this thread's stack");
        }
    }
}
