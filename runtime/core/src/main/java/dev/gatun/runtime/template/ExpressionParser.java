package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses expressions, with Jinja's precedence (among its oddities: {@code **} binds to the left, below the sign). */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<TokenType> ARGUMENT_STARTS =
            Set.of(TokenType.NAME, TokenType.STRING, TokenType.INTEGER, TokenType.FLOAT);

    private final TokenStream in;

    ExpressionParser(TokenStream in) {
        this.in = in;
    }

    Expr expression() {
        return expression(true);
    }

    Expr expression(boolean withCondition) {
        in.enter();
        Expr result = withCondition ? conditional() : or();
        in.leave();
        return result;
    }

    /** An expression, or a tuple where commas follow. */
    Expr tuple(boolean withCondition, boolean mayBeEmpty) {
        int at = in.current().at();
        List<Expr> items = new ArrayList<>();
        boolean isTuple = false;
        while (!isTupleEnd()) {
            items.add(expression(withCondition));
            if (!in.skipOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (!isTuple && items.size() == 1) {
            return items.getFirst();
        }
        if (items.isEmpty() && !mayBeEmpty) {
            throw in.fail("expected an expression, found " + in.current().described());
        }
        return new Expr.ListExpr(at, items, true);
    }

    private boolean isTupleEnd() {
        Token token = in.current();
        return token.is(TokenType.VARIABLE_END) || token.is(TokenType.BLOCK_END) || token.isOperator(")");
    }

    private Expr conditional() {
        Expr value = or();
        while (in.current().isName("if")) {
            int at = in.next().at();
            Expr condition = or();
            Expr otherwise = null;
            if (in.skipName("else")) {
                in.enter();
                otherwise = conditional();
                in.leave();
            }
            value = new Expr.Conditional(at, condition, value, otherwise);
        }
        return value;
    }

    private Expr or() {
        Expr first = and();
        if (!in.current().isName("or")) {
            return first;
        }
        List<Expr> operands = new ArrayList<>(List.of(first));
        while (in.skipName("or")) {
            operands.add(and());
        }
        return new Expr.Logic(first.at(), false, operands);
    }

    private Expr and() {
        Expr first = not();
        if (!in.current().isName("and")) {
            return first;
        }
        List<Expr> operands = new ArrayList<>(List.of(first));
        while (in.skipName("and")) {
            operands.add(not());
        }
        return new Expr.Logic(first.at(), true, operands);
    }

    private Expr not() {
        if (!in.current().isName("not")) {
            return compare();
        }
        int at = in.next().at();
        in.enter();
        Expr operand = not();
        in.leave();
        return new Expr.Not(at, operand);
    }

    private Expr compare() {
        Expr first = sum();
        List<String> operators = new ArrayList<>();
        List<Expr> operands = new ArrayList<>();
        int at = in.current().at();
        while (true) {
            Token token = in.current();
            if (token.is(TokenType.OPERATOR) && COMPARISONS.contains(token.text())) {
                operators.add(in.next().text());
            } else if (in.skipName("in")) {
                operators.add("in");
            } else if (token.isName("not") && in.ahead().isName("in")) {
                in.next();
                in.next();
                operators.add("not in");
            } else {
                return operators.isEmpty() ? first : new Expr.Compare(at, first, operators, operands);
            }
            operands.add(sum());
        }
    }

    private Expr sum() {
        return chain(Set.of("+", "-"));
    }

    private Expr concat() {
        Expr first = chain(Set.of("*", "/", "//", "%"));
        if (!in.current().isOperator("~")) {
            return first;
        }
        List<Expr> parts = new ArrayList<>(List.of(first));
        while (in.skipOperator("~")) {
            parts.add(chain(Set.of("*", "/", "//", "%")));
        }
        return new Expr.Concat(first.at(), parts);
    }

    private Expr chain(Set<String> wanted) {
        Expr first = operand(wanted);
        if (!isChained(wanted)) {
            return first;
        }
        int at = in.current().at();
        List<String> operators = new ArrayList<>();
        List<Expr> operands = new ArrayList<>();
        while (isChained(wanted)) {
            operators.add(in.next().text());
            operands.add(operand(wanted));
        }
        return new Expr.Chain(at, first, operators, operands);
    }

    private boolean isChained(Set<String> wanted) {
        return in.current().is(TokenType.OPERATOR)
                && wanted.contains(in.current().text());
    }

    private Expr operand(Set<String> wanted) {
        return wanted.contains("+") ? concat() : wanted.contains("*") ? chain(Set.of("**")) : unary(true);
    }

    private Expr unary(boolean withFilter) {
        Token token = in.current();
        Expr result;
        if (token.isOperator("-") || token.isOperator("+")) {
            in.next();
            in.enter();
            result = new Expr.Sign(token.at(), unary(false), token.isOperator("-"));
            in.leave();
        } else {
            result = primary();
        }
        result = postfix(result);
        return withFilter ? filtersAndTests(result) : result;
    }

    private Expr primary() {
        Token token = in.current();
        return switch (token.type()) {
            case NAME -> name(in.next());
            case STRING -> {
                StringBuilder joined = new StringBuilder();
                while (in.current().is(TokenType.STRING)) {
                    joined.append(in.next().text());
                }
                yield new Expr.Literal(token.at(), Text.trusted(joined.toString()));
            }
            case INTEGER -> new Expr.Literal(token.at(), integer(in.next()));
            case FLOAT -> {
                double real = Double.parseDouble(in.next().text().replace("_", ""));
                yield new Expr.Literal(token.at(), new Value.Real(real));
            }
            default -> bracketed(token);
        };
    }

    private static Expr name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expr.Literal(token.at(), Value.Bool.TRUE);
            case "false", "False" -> new Expr.Literal(token.at(), Value.Bool.FALSE);
            case "none", "None" -> new Expr.Literal(token.at(), Value.None.NONE);
            default -> new Expr.Name(token.at(), token.text());
        };
    }

    private Value integer(Token token) {
        String digits = token.text().replace("_", "");
        int radix = digits.length() < 2
                ? 10
                : switch (digits.charAt(1)) {
                    case 'x', 'X' -> 16;
                    case 'o', 'O' -> 8;
                    case 'b', 'B' -> 2;
                    default -> 10;
                };
        try {
            return Value.of(Long.parseLong(radix == 10 ? digits : digits.substring(2), radix));
        } catch (NumberFormatException e) {
            throw in.fail(token.at(), "the integer is malformed or needs more than 64 bits");
        }
    }

    private Expr bracketed(Token token) {
        if (in.skipOperator("(")) {
            in.enter();
            Expr inner = tuple(true, true);
            in.expectOperator(")");
            in.leave();
            return inner;
        }
        if (in.skipOperator("[")) {
            List<Expr> items = new ArrayList<>();
            while (!in.current().isOperator("]")) {
                items.add(expression());
                if (!in.skipOperator(",")) {
                    break;
                }
            }
            in.expectOperator("]");
            return new Expr.ListExpr(token.at(), items, false);
        }
        if (in.skipOperator("{")) {
            List<Expr> keys = new ArrayList<>();
            List<Expr> values = new ArrayList<>();
            while (!in.current().isOperator("}")) {
                keys.add(expression());
                in.expectOperator(":");
                values.add(expression());
                if (!in.skipOperator(",")) {
                    break;
                }
            }
            in.expectOperator("}");
            return new Expr.DictExpr(token.at(), keys, values);
        }
        throw in.fail("expected an expression, found " + token.described());
    }

    /** Attributes, subscripts and calls. Each one nests the tree, so each takes a level until the end of the chain. */
    private Expr postfix(Expr start) {
        Expr result = start;
        int levels = 0;
        while (true) {
            Token token = in.current();
            if (token.isOperator(".") || token.isOperator("[")) {
                result = subscript(result);
            } else if (token.isOperator("(")) {
                result = new Expr.Call(token.at(), result, arguments());
            } else {
                break;
            }
            in.enter();
            levels++;
        }
        leave(levels);
        return result;
    }

    private void leave(int levels) {
        for (int i = 0; i < levels; i++) {
            in.leave();
        }
    }

    private Expr filtersAndTests(Expr start) {
        Expr result = start;
        int levels = 0;
        while (true) {
            Token token = in.current();
            if (in.skipOperator("|")) {
                result = filter(result);
            } else if (token.isName("is")) {
                result = test(result);
            } else if (token.isOperator("(")) {
                result = new Expr.Call(token.at(), result, arguments());
            } else {
                break;
            }
            in.enter();
            levels++;
        }
        leave(levels);
        return result;
    }

    Expr.Filter filter(@Nullable Expr target) {
        Token name = in.expect(TokenType.NAME, "the name of a filter");
        Expr.Args args = in.current().isOperator("(") ? arguments() : Expr.Args.NONE;
        return new Expr.Filter(name.at(), target, name.text(), args);
    }

    private Expr test(Expr target) {
        in.next();
        boolean negated = in.skipName("not");
        Token name = in.expect(TokenType.NAME, "the name of a test");
        Expr.Args args = Expr.Args.NONE;
        Token token = in.current();
        if (token.isOperator("(")) {
            args = arguments();
        } else if ((ARGUMENT_STARTS.contains(token.type()) || token.isOperator("[") || token.isOperator("{"))
                && !Set.of("else", "or", "and").contains(token.text())) {
            if (token.isName("is")) {
                throw in.fail("tests cannot be chained with 'is'; write 'and' between them");
            }
            if (!token.is(TokenType.NAME) || !Set.of("if", "not", "in").contains(token.text())) {
                args = new Expr.Args(List.of(postfix(primary())), List.of(), List.of(), null, null);
            }
        }
        return new Expr.Test(name.at(), target, name.text(), args, negated);
    }

    private Expr subscript(Expr target) {
        Token token = in.next();
        if (token.text().equals(".")) {
            Token name = in.next();
            if (name.is(TokenType.INTEGER)) {
                return new Expr.Subscript(token.at(), target, new Expr.Literal(name.at(), integer(name)));
            }
            if (!name.is(TokenType.NAME)) {
                throw in.fail(name.at(), "expected a name after '.', found " + name.described());
            }
            return new Expr.Attribute(token.at(), target, name.text());
        }
        Expr start = in.current().isOperator(":") ? null : tupleIndex();
        if (start != null && in.skipOperator("]")) {
            return new Expr.Subscript(token.at(), target, start);
        }
        in.expectOperator(":");
        Expr stop = in.current().isOperator(":") || in.current().isOperator("]") ? null : expression();
        Expr step = in.skipOperator(":") && !in.current().isOperator("]") ? expression() : null;
        in.expectOperator("]");
        return new Expr.Slice(token.at(), target, start, stop, step);
    }

    private Expr tupleIndex() {
        Expr first = expression();
        if (!in.current().isOperator(",")) {
            return first;
        }
        List<Expr> items = new ArrayList<>(List.of(first));
        while (in.skipOperator(",")) {
            items.add(expression());
        }
        return new Expr.ListExpr(first.at(), items, true);
    }

    Expr.Args arguments() {
        in.expectOperator("(");
        List<Expr> positional = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Expr> named = new ArrayList<>();
        Expr rest = null;
        Expr namedRest = null;
        while (!in.current().isOperator(")")) {
            if (in.skipOperator("*")) {
                rest = expression();
            } else if (in.skipOperator("**")) {
                namedRest = expression();
            } else if (in.current().is(TokenType.NAME) && in.ahead().isOperator("=")) {
                names.add(in.next().text());
                in.next();
                named.add(expression());
            } else if (names.isEmpty() && rest == null && namedRest == null) {
                positional.add(expression());
            } else {
                throw in.fail("a positional argument follows a named one");
            }
            if (!in.skipOperator(",")) {
                break;
            }
        }
        in.expectOperator(")");
        return new Expr.Args(positional, names, named, rest, namedRest);
    }
}
