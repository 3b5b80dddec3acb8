package dev.gatun.runtime.template;

/** A function, macro or bound method. */
non-sealed interface Callable extends Value {
    Value call(Interpreter interpreter, Arguments arguments);

    /** An attribute such as {@code loop.index}; undefined where there is none. */
    default Value attribute(String name) {
        return new Undefined("a function has no attribute '" + name + "'");
    }
}
