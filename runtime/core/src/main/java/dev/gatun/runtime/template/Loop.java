package dev.gatun.runtime.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code loop} variable; calling it descends in a recursive loop. */
final class Loop implements Callable {
    private final List<Value> items;
    private final int depth;
    private final @Nullable Callable descent;
    private int index;
    private @Nullable Value lastChanged;

    Loop(List<Value> items, int depth, @Nullable Callable descent) {
        this.items = items;
        this.depth = depth;
        this.descent = descent;
    }

    void moveTo(int position) {
        index = position;
    }

    @Override
    public Value call(Interpreter interpreter, Arguments arguments) {
        if (descent == null) {
            throw new Fault("the loop is not recursive; write 'recursive' at the end of its 'for'");
        }
        return descent.call(interpreter, arguments);
    }

    @Override
    public Value attribute(String name) {
        int length = items.size();
        return switch (name) {
            case "index" -> Value.of(index + 1);
            case "index0" -> Value.of(index);
            case "revindex" -> Value.of(length - index);
            case "revindex0" -> Value.of(length - index - 1);
            case "first" -> Value.of(index == 0);
            case "last" -> Value.of(index == length - 1);
            case "length" -> Value.of(length);
            case "depth" -> Value.of(depth + 1);
            case "depth0" -> Value.of(depth);
            case "previtem" -> index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index + 1 < length ? items.get(index + 1) : new Undefined("there is no next item");
            case "cycle" -> (Callable) (interpreter, arguments) -> cycle(arguments);
            case "changed" -> (Callable) this::changed;
            default -> new Undefined("the loop has no attribute '" + name + "'");
        };
    }

    private Value cycle(Arguments arguments) {
        List<Value> values = arguments.positional();
        if (values.isEmpty()) {
            throw new Fault("no items for cycling given");
        }
        return values.get(index % values.size());
    }

    private Value changed(Interpreter interpreter, Arguments arguments) {
        Value now = new Sequence(Kind.TUPLE, arguments.positional());
        boolean isNew = lastChanged == null || !Operators.isEqual(interpreter.budget, lastChanged, now);
        lastChanged = now;
        return Value.of(isNew);
    }
}
