package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions. */
final class Evaluator {
    private final Interpreter interpreter;

    Evaluator(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    Value value(Expr expr, Scope scope) {
        Budget budget = interpreter.budget;
        budget.step();
        budget.enterFrame();
        Value value = dispatch(expr, scope, budget);
        budget.leaveFrame();
        return value;
    }

    private Value dispatch(Expr expr, Scope scope, Budget budget) {
        return switch (expr) {
            case Expr.Literal literal -> literal.value();
            case Expr.Name name -> name(name, scope);
            case Expr.ListExpr list -> {
                List<Value> items = new ArrayList<>(list.items().size());
                for (Expr item : list.items()) {
                    items.add(value(item, scope));
                }
                yield new Value.Sequence(list.isTuple() ? Value.Kind.TUPLE : Value.Kind.LIST, items);
            }
            case Expr.DictExpr dict -> {
                Dict result = new Dict();
                for (int i = 0; i < dict.keys().size(); i++) {
                    Value key = value(dict.keys().get(i), scope);
                    result.put(budget, key, value(dict.values().get(i), scope));
                }
                yield result;
            }
            case Expr.Attribute attribute -> {
                Value target = value(attribute.target(), scope);
                interpreter.at = attribute.at();
                yield Attributes.attribute(budget, target, attribute.name());
            }
            case Expr.Subscript subscript -> {
                Value target = value(subscript.target(), scope);
                Value index = value(subscript.index(), scope);
                interpreter.at = subscript.at();
                yield Attributes.item(budget, target, index);
            }
            case Expr.Slice slice -> {
                Value target = value(slice.target(), scope);
                Value start = optional(slice.start(), scope);
                Value stop = optional(slice.stop(), scope);
                Value step = optional(slice.step(), scope);
                interpreter.at = slice.at();
                yield Sequences.slice(budget, target, start, stop, step);
            }
            case Expr.Call call -> call(call, scope, null);
            case Expr.Filter filter
            when filter.target() != null -> filter(filter, value(filter.target(), scope), scope);
            case Expr.Filter filter -> throw new Fault("the filter '" + filter.name() + "' has nothing to apply to");
            case Expr.Test test -> {
                Value target = value(test.target(), scope);
                Arguments arguments = arguments(test.args(), scope);
                interpreter.at = test.at();
                yield Value.of(Tests.apply(interpreter, test.name(), target, arguments) != test.negated());
            }
            case Expr.Not not -> Value.of(!Value.isTrue(value(not.operand(), scope)));
            case Expr.Sign sign -> {
                Value operand = value(sign.operand(), scope);
                interpreter.at = sign.at();
                yield Operators.sign(operand, sign.negative());
            }
            case Expr.Chain chain -> {
                Value result = value(chain.first(), scope);
                for (int i = 0; i < chain.operators().size(); i++) {
                    Value right = value(chain.operands().get(i), scope);
                    interpreter.at = chain.at();
                    result = Operators.arithmetic(budget, chain.operators().get(i), result, right);
                }
                yield result;
            }
            case Expr.Compare compare -> compare(compare, scope, budget);
            case Expr.Concat concat -> {
                TextBuilder out = new TextBuilder(budget);
                for (Expr part : concat.parts()) {
                    out.append(PythonText.str(budget, value(part, scope)));
                }
                yield out.build();
            }
            case Expr.Logic logic -> {
                Value result = Value.None.NONE;
                for (Expr operand : logic.operands()) {
                    result = value(operand, scope);
                    if (Value.isTrue(result) != logic.isAnd()) {
                        break;
                    }
                }
                yield result;
            }
            case Expr.Conditional conditional -> {
                if (Value.isTrue(value(conditional.condition(), scope))) {
                    yield value(conditional.then(), scope);
                }
                yield conditional.otherwise() == null
                        ? new Value.Undefined("the condition is false and there is no 'else'")
                        : value(conditional.otherwise(), scope);
            }
        };
    }

    private @Nullable Value optional(@Nullable Expr expr, Scope scope) {
        return expr == null ? null : value(expr, scope);
    }

    private Value name(Expr.Name name, Scope scope) {
        Value value = scope.get(name.name());
        if (value == null) {
            value = Globals.FUNCTIONS.get(name.name());
        }
        return value == null ? new Value.Undefined("'" + name.name() + "' is undefined") : value;
    }

    private Value compare(Expr.Compare compare, Scope scope, Budget budget) {
        Value left = value(compare.first(), scope);
        for (int i = 0; i < compare.operators().size(); i++) {
            Value right = value(compare.operands().get(i), scope);
            interpreter.at = compare.at();
            if (!Operators.compare(budget, compare.operators().get(i), left, right)) {
                return Value.of(false);
            }
            left = right;
        }
        return Value.of(true);
    }

    Value call(Expr.Call call, Scope scope, @Nullable Macro caller) {
        Value target = value(call.target(), scope);
        Arguments arguments = arguments(call.args(), scope);
        if (caller != null) {
            Map<String, Value> named = new LinkedHashMap<>(arguments.named());
            named.put("caller", caller);
            arguments = new Arguments(arguments.positional(), named);
        }
        interpreter.at = call.at();
        return switch (target) {
            case Callable callable -> callable.call(interpreter, arguments);
            case Value.Undefined undefined -> throw new Fault(undefined.reason());
            default -> throw new Fault("a value of type " + Value.typeName(target) + " cannot be called");
        };
    }

    Value filter(Expr.Filter filter, Value target, Scope scope) {
        Arguments arguments = arguments(filter.args(), scope);
        interpreter.at = filter.at();
        return Filters.apply(interpreter, filter.name(), target, arguments);
    }

    private Arguments arguments(Expr.Args args, Scope scope) {
        List<Value> positional = new ArrayList<>();
        for (Expr expr : args.positional()) {
            positional.add(value(expr, scope));
        }
        Map<String, Value> named = new LinkedHashMap<>();
        for (int i = 0; i < args.names().size(); i++) {
            named.put(args.names().get(i), value(args.named().get(i), scope));
        }
        if (args.rest() != null) {
            positional.addAll(Sequences.items(interpreter.budget, value(args.rest(), scope)));
        }
        if (args.namedRest() != null) {
            if (!(value(args.namedRest(), scope) instanceof Dict dict)) {
                throw new Fault("the argument after ** must be a mapping");
            }
            for (Dict.Entry entry : dict.entries()) {
                named.put(Arguments.text("**", entry.key()).string(), entry.value());
            }
        }
        return new Arguments(positional, named);
    }
}
