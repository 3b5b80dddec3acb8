package dev.gatun.runtime.template;

import java.time.ZonedDateTime;
import java.util.Map;

/** Functions that every template can call. */
final class Globals {
    static final Map<String, Callable> FUNCTIONS = Map.of(
            "range", (interpreter, arguments) -> Sequences.range(interpreter.budget, arguments),
            "dict", (interpreter, arguments) -> dict(interpreter.budget, arguments),
            "namespace", (interpreter, arguments) -> namespace(interpreter.budget, arguments),
            "raise_exception", (interpreter, arguments) -> raise(interpreter.budget, arguments),
            "strftime_now", Globals::now,
            "cycler", (interpreter, arguments) -> refuse("cycler"),
            "joiner", (interpreter, arguments) -> refuse("joiner"),
            "lipsum", (interpreter, arguments) -> refuse("lipsum"));

    private Globals() {}

    private static Dict dict(Budget budget, Arguments arguments) {
        Dict dict = new Dict();
        if (arguments.positional().size() > 1) {
            throw new Fault("dict() takes at most 1 positional argument");
        }
        for (Value source : arguments.positional()) {
            if (source instanceof Dict other) {
                other.entries().forEach(entry -> dict.put(budget, entry.key(), entry.value()));
            } else {
                for (Value pair : Sequences.items(budget, source)) {
                    var parts = Sequences.items(budget, pair);
                    if (parts.size() != 2) {
                        throw new Fault("dict() needs pairs, not " + parts.size() + " values");
                    }
                    dict.put(budget, parts.get(0), parts.get(1));
                }
            }
        }
        arguments.named().forEach((name, value) -> dict.put(budget, Text.of(name, false), value));
        return dict;
    }

    private static Namespace namespace(Budget budget, Arguments arguments) {
        Namespace namespace = new Namespace();
        for (Dict.Entry entry : dict(budget, arguments).entries()) {
            namespace.set(PythonText.str(budget, entry.key()).string(), entry.value());
        }
        return namespace;
    }

    private static Value raise(Budget budget, Arguments arguments) {
        Value message = Arguments.value(arguments.bindAtLeast(1, "raise_exception", "message")[0], Text.EMPTY);
        String text = PythonText.str(budget, message).string();
        throw new Fault(text.substring(0, Math.min(text.length(), 1_000)));
    }

    private static Value now(Interpreter interpreter, Arguments arguments) {
        Text format = Arguments.text("strftime_now", arguments.bindAtLeast(1, "strftime_now", "format")[0]);
        ZonedDateTime time = ZonedDateTime.now(interpreter.clock);
        return TimeFormat.format(interpreter.budget, format, time);
    }

    private static Value refuse(String name) {
        throw new Fault("'" + name + "' is not available to chat templates");
    }
}
