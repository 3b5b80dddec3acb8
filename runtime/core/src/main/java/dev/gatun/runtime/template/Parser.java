package dev.gatun.runtime.template;

import dev.gatun.runtime.template.Statement.Signature;
import dev.gatun.runtime.template.Statement.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses template source into statements. */
final class Parser {
    private static final Set<String> REFUSED = Set.of("include", "import", "from", "extends");

    private final TokenStream in;
    private final ExpressionParser expressions;

    private Parser(String source) {
        this.in = new TokenStream(source);
        this.expressions = new ExpressionParser(in);
    }

    static List<Statement> parse(String source) {
        return new Parser(source).body(Set.of(), "");
    }

    /** Statements up to a block named by one of {@code ends}, whose name is left as the current token. */
    private List<Statement> body(Set<String> ends, String opened) {
        in.enter();
        List<Statement> body = new ArrayList<>();
        while (true) {
            Token token = in.next();
            switch (token.type()) {
                case TEXT -> body.add(new Statement.Write(Text.trusted(token.text())));
                case VARIABLE_BEGIN -> {
                    body.add(new Statement.Print(expressions.tuple(true, false)));
                    in.expect(TokenType.VARIABLE_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    if (in.current().is(TokenType.NAME)
                            && ends.contains(in.current().text())) {
                        in.leave();
                        return body;
                    }
                    body.add(statement());
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw in.fail(token.at(), "the block '" + opened + "' is not closed");
                    }
                    in.leave();
                    return body;
                }
            }
        }
    }

    private List<Statement> bodyTo(String end, String opened) {
        List<Statement> body = body(Set.of(end), opened);
        in.next();
        if (end.equals("endblock") && in.current().is(TokenType.NAME)) {
            in.next();
        }
        blockEnd();
        return body;
    }

    private void blockEnd() {
        in.expect(TokenType.BLOCK_END, "'%}'");
    }

    private Statement statement() {
        Token name = in.expect(TokenType.NAME, "the name of a block");
        return switch (name.text()) {
            case "if" -> ifBlock();
            case "for" -> forBlock(name);
            case "set" -> set();
            case "macro" -> macro(name);
            case "call" -> call(name);
            case "filter" -> filter();
            case "with" -> with();
            case "generation" -> {
                blockEnd();
                yield new Statement.Scoped(bodyTo("endgeneration", "generation"));
            }
            case "block" -> {
                in.expect(TokenType.NAME, "the name of the block");
                blockEnd();
                yield new Statement.Scoped(bodyTo("endblock", "block"));
            }
            case "break" -> {
                blockEnd();
                yield new Statement.Break(name.at());
            }
            case "continue" -> {
                blockEnd();
                yield new Statement.Continue(name.at());
            }
            default -> throw in.fail(name.at(), refusal(name.text()));
        };
    }

    private static String refusal(String name) {
        return REFUSED.contains(name)
                ? "'" + name + "' is refused: a chat template cannot load other templates"
                : "unknown block '" + name + "'";
    }

    private Statement ifBlock() {
        List<Expr> conditions = new ArrayList<>();
        List<List<Statement>> bodies = new ArrayList<>();
        List<Statement> otherwise = List.of();
        Set<String> ends = Set.of("elif", "else", "endif");
        while (true) {
            conditions.add(expressions.tuple(false, false));
            blockEnd();
            bodies.add(body(ends, "if"));
            String end = in.next().text();
            if (end.equals("elif")) {
                continue;
            }
            blockEnd();
            if (end.equals("else")) {
                otherwise = bodyTo("endif", "if");
            }
            return new Statement.If(conditions, bodies, otherwise);
        }
    }

    private Statement forBlock(Token name) {
        Target target = targets(false);
        if (!in.skipName("in")) {
            throw in.fail("expected 'in', found " + in.current().described());
        }
        Expr iterable = expressions.tuple(false, false);
        Expr condition = in.skipName("if") ? expressions.expression() : null;
        boolean isRecursive = in.skipName("recursive");
        blockEnd();
        List<Statement> body = body(Set.of("else", "endfor"), "for");
        List<Statement> otherwise = List.of();
        boolean hasElse = in.next().text().equals("else");
        blockEnd();
        if (hasElse) {
            otherwise = bodyTo("endfor", "for");
        }
        return new Statement.For(name.at(), target, iterable, condition, isRecursive, body, otherwise);
    }

    private Statement set() {
        Target target = targets(true);
        if (in.skipOperator("=")) {
            Expr value = expressions.tuple(true, false);
            blockEnd();
            return new Statement.Set(target, value);
        }
        List<Expr.Filter> filters = new ArrayList<>();
        while (in.skipOperator("|")) {
            filters.add(expressions.filter(null));
        }
        blockEnd();
        return new Statement.Capture(target, filters, bodyTo("endset", "set"));
    }

    private Statement filter() {
        List<Expr.Filter> filters = new ArrayList<>();
        do {
            filters.add(expressions.filter(null));
        } while (in.skipOperator("|"));
        blockEnd();
        return new Statement.Capture(null, filters, bodyTo("endfilter", "filter"));
    }

    private Statement with() {
        List<Target> targets = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!in.current().is(TokenType.BLOCK_END)) {
            targets.add(target(false));
            in.expectOperator("=");
            values.add(expressions.expression());
            if (!in.skipOperator(",")) {
                break;
            }
        }
        blockEnd();
        return new Statement.With(targets, values, bodyTo("endwith", "with"));
    }

    private Target targets(boolean withNamespace) {
        int at = in.current().at();
        Target first = target(withNamespace);
        if (!in.current().isOperator(",")) {
            return first;
        }
        List<Target> parts = new ArrayList<>(List.of(first));
        while (in.skipOperator(",")) {
            if (in.current().isName("in")
                    || in.current().isOperator("=")
                    || in.current().isOperator(")")) {
                break;
            }
            parts.add(target(withNamespace));
        }
        return new Target.Tuple(at, parts);
    }

    private Target target(boolean withNamespace) {
        if (in.skipOperator("(")) {
            in.enter();
            Target inner = targets(withNamespace);
            in.expectOperator(")");
            in.leave();
            return inner;
        }
        Token name = in.expect(TokenType.NAME, "a name to assign to");
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name.text())) {
            throw in.fail(name.at(), "cannot assign to '" + name.text() + "'");
        }
        if (withNamespace && in.skipOperator(".")) {
            return new Target.Attribute(
                    name.at(),
                    name.text(),
                    in.expect(TokenType.NAME, "an attribute").text());
        }
        return new Target.Variable(name.text());
    }

    private Statement macro(Token block) {
        String name = in.expect(TokenType.NAME, "the name of the macro").text();
        Signature head = signature(block.at());
        blockEnd();
        return new Statement.MacroDefinition(name, withBody(head, "endmacro", "macro"));
    }

    private Signature withBody(Signature head, String end, String opened) {
        int from = in.index();
        List<Statement> body = bodyTo(end, opened);
        return new Signature(
                head.at(),
                head.parameters(),
                head.defaults(),
                body,
                in.mentions("varargs", from),
                in.mentions("kwargs", from));
    }

    private Signature signature(int at) {
        List<String> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        in.expectOperator("(");
        while (!in.current().isOperator(")")) {
            parameters.add(in.expect(TokenType.NAME, "a parameter").text());
            if (in.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw in.fail("a parameter without a default follows one with a default");
            }
            if (!in.skipOperator(",")) {
                break;
            }
        }
        in.expectOperator(")");
        return new Signature(at, parameters, defaults, List.of(), false, false);
    }

    private Statement call(Token block) {
        Signature head = in.current().isOperator("(")
                ? signature(block.at())
                : new Signature(block.at(), List.of(), List.of(), List.of(), false, false);
        Expr target = expressions.expression();
        if (!(target instanceof Expr.Call call)) {
            throw in.fail(block.at(), "a call block needs a call, such as '{% call name() %}'");
        }
        blockEnd();
        return new Statement.CallBlock(call, withBody(head, "endcall", "call"));
    }
}
