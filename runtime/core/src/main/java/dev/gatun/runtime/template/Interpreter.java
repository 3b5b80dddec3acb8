package dev.gatun.runtime.template;

import dev.gatun.runtime.template.Statement.Signature;
import dev.gatun.runtime.template.Statement.Target;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Runs the statements of one template once. */
final class Interpreter {
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    final Budget budget = new Budget();
    final Clock clock;
    private final Evaluator evaluator = new Evaluator(this);
    private int calls;

    /** Offset of the node under evaluation, for errors. */
    int at;

    Interpreter(Clock clock) {
        this.clock = clock;
    }

    Text render(List<Statement> template, Scope scope) {
        TextBuilder out = new TextBuilder(budget);
        run(template, scope, out);
        return out.build();
    }

    private Flow run(List<Statement> body, Scope scope, TextBuilder out) {
        for (Statement statement : body) {
            Flow flow = run(statement, scope, out);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow run(Statement statement, Scope scope, TextBuilder out) {
        budget.step();
        budget.enterFrame();
        Flow flow = Flow.NEXT;
        switch (statement) {
            case Statement.Write write -> out.append(write.text());
            case Statement.Print print -> out.append(PythonText.str(budget, evaluator.value(print.value(), scope)));
            case Statement.If branch -> flow = branch(branch, scope, out);
            case Statement.For loop -> loop(loop, evaluator.value(loop.iterable(), scope), scope, out, 0);
            case Statement.Set set -> assign(set.target(), evaluator.value(set.value(), scope), scope);
            case Statement.Capture capture -> capture(capture, scope, out);
            case Statement.MacroDefinition macro ->
                scope.set(macro.name(), new Macro(macro.name(), macro.signature(), scope));
            case Statement.CallBlock block -> {
                Macro caller = new Macro("caller", block.caller(), scope);
                out.append(PythonText.str(budget, evaluator.call(block.call(), scope, caller)));
            }
            case Statement.With with -> {
                Scope inner = new Scope(scope);
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(with.targets().get(i), evaluator.value(with.values().get(i), scope), inner);
                }
                flow = run(with.body(), inner, out);
            }
            case Statement.Scoped scoped -> flow = run(scoped.body(), new Scope(scope), out);
            case Statement.Break b -> flow = Flow.BREAK;
            case Statement.Continue c -> flow = Flow.CONTINUE;
        }
        budget.leaveFrame();
        return flow;
    }

    private Flow branch(Statement.If branch, Scope scope, TextBuilder out) {
        for (int i = 0; i < branch.conditions().size(); i++) {
            if (Value.isTrue(evaluator.value(branch.conditions().get(i), scope))) {
                return run(branch.bodies().get(i), scope, out);
            }
        }
        return run(branch.otherwise(), scope, out);
    }

    private void capture(Statement.Capture capture, Scope scope, TextBuilder out) {
        TextBuilder inner = new TextBuilder(budget);
        run(capture.body(), new Scope(scope), inner);
        Value value = inner.build();
        for (Expr.Filter filter : capture.filters()) {
            value = evaluator.filter(filter, value, scope);
        }
        if (capture.target() == null) {
            out.append(PythonText.str(budget, value));
        } else {
            assign(capture.target(), value, scope);
        }
    }

    private void loop(Statement.For loop, Value iterable, Scope scope, TextBuilder out, int depth) {
        at = loop.at();
        List<Value> items = Sequences.items(budget, iterable);
        if (loop.condition() != null) {
            List<Value> kept = new ArrayList<>();
            for (Value item : items) {
                Scope inner = new Scope(scope);
                assign(loop.target(), item, inner);
                if (Value.isTrue(evaluator.value(loop.condition(), inner))) {
                    kept.add(item);
                }
            }
            items = kept;
        }
        Loop state = new Loop(items, depth, loop.isRecursive() ? descent(loop, scope, depth) : null);
        for (int i = 0; i < items.size(); i++) {
            budget.step();
            state.moveTo(i);
            Scope inner = new Scope(scope);
            inner.set("loop", state);
            assign(loop.target(), items.get(i), inner);
            if (run(loop.body(), inner, out) == Flow.BREAK) {
                break;
            }
        }
        if (items.isEmpty()) {
            run(loop.otherwise(), new Scope(scope), out);
        }
    }

    private Callable descent(Statement.For loop, Scope scope, int depth) {
        return (interpreter, arguments) -> {
            enterCall();
            TextBuilder inner = new TextBuilder(budget);
            Value children = arguments.bindAtLeast(1, "loop", "iterable")[0];
            loop(loop, Arguments.value(children, Value.None.NONE), scope, inner, depth + 1);
            leaveCall();
            return inner.build();
        };
    }

    private void assign(Target target, Value value, Scope scope) {
        budget.step();
        switch (target) {
            case Target.Variable variable -> scope.set(variable.name(), value);
            case Target.Tuple tuple -> {
                at = tuple.at();
                List<Value> values = Sequences.items(budget, value);
                if (values.size() != tuple.parts().size()) {
                    throw new Fault("cannot unpack " + values.size() + " values into "
                            + tuple.parts().size() + " names");
                }
                for (int i = 0; i < values.size(); i++) {
                    assign(tuple.parts().get(i), values.get(i), scope);
                }
            }
            case Target.Attribute attribute -> {
                at = attribute.at();
                if (!(scope.get(attribute.namespace()) instanceof Namespace namespace)) {
                    throw new Fault("cannot assign an attribute of '" + attribute.namespace()
                            + "': it is not a namespace object");
                }
                namespace.set(attribute.name(), value);
            }
        }
    }

    /** What a macro writes, run in a scope whose parameters are set. */
    Text body(Signature signature, Scope scope) {
        enterCall();
        TextBuilder out = new TextBuilder(budget);
        run(signature.body(), scope, out);
        leaveCall();
        return out.build();
    }

    Value value(Expr expr, Scope scope) {
        return evaluator.value(expr, scope);
    }

    private void enterCall() {
        if (++calls > Budget.NESTING) {
            throw new Fault("macros call each other deeper than " + Budget.NESTING + " levels");
        }
    }

    private void leaveCall() {
        calls--;
    }
}
