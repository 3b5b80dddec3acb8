package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxSyntaxException;
import java.util.List;

/**
 * Reads and folds constant expressions (PTX ISA, "Constant Expressions"): 64-bit integers with C's operators, or floating
 * constants with sign, plus, minus, times and division.
 */
final class ConstantExpression {
    private static final List<List<String>> LEVELS = List.of(
            List.of("||"),
            List.of("&&"),
            List.of("|"),
            List.of("^"),
            List.of("&"),
            List.of("==", "!="),
            List.of("<", ">", "<=", ">="),
            List.of("<<", ">>"),
            List.of("+", "-"),
            List.of("*", "/", "%"));

    private final Cursor cursor;

    private ConstantExpression(Cursor cursor) {
        this.cursor = cursor;
    }

    /** Whether a constant begins at the cursor. */
    static boolean begins(Cursor cursor) {
        Token token = cursor.peek();
        return token.kind() == Token.Kind.INTEGER
                || token.kind() == Token.Kind.REAL
                || token.is("-")
                || token.is("+")
                || token.is("~")
                || token.is("(")
                || (token.kind() == Token.Kind.WORD && token.text().equals("WARP_SZ"));
    }

    static Operand read(Cursor cursor) {
        return new ConstantExpression(cursor).conditional();
    }

    /** A constant with no operators but those of multiplication: what may follow a plus. */
    static Operand readProduct(Cursor cursor) {
        return new ConstantExpression(cursor).binary(LEVELS.size() - 1);
    }

    /** A constant without binary operators. */
    static Operand readTerm(Cursor cursor) {
        return new ConstantExpression(cursor).unary();
    }

    private Operand conditional() {
        cursor.enter();
        Operand condition = binary(0);
        if (cursor.accept("?")) {
            Operand yes = conditional();
            cursor.expect(":");
            Operand no = conditional();
            condition = integer(condition) != 0 ? yes : no;
        }
        cursor.leave();
        return condition;
    }

    private Operand binary(int level) {
        if (level == LEVELS.size()) {
            return unary();
        }
        Operand left = binary(level + 1);
        while (cursor.peek().kind() == Token.Kind.SYMBOL
                && LEVELS.get(level).contains(cursor.peek().text())) {
            String operator = cursor.next().text();
            left = combine(operator, left, binary(level + 1));
        }
        return left;
    }

    private Operand unary() {
        Position position = cursor.position();
        cursor.enter();
        Operand value;
        if (cursor.accept("-")) {
            value = negate(unary());
        } else if (cursor.accept("+")) {
            value = unary();
        } else if (cursor.accept("~")) {
            value = new Operand.Int(position, ~integer(unary()));
        } else if (cursor.accept("!")) {
            value = new Operand.Int(position, integer(unary()) == 0 ? 1 : 0);
        } else if (cursor.accept("(")) {
            value = bracket();
        } else {
            value = literal();
        }
        cursor.leave();
        return value;
    }

    private Operand bracket() {
        if (cursor.atDot("s64") || cursor.atDot("u64")) {
            cursor.next();
            cursor.expect(")");
            return unary();
        }
        Operand value = conditional();
        cursor.expect(")");
        return value;
    }

    private Operand literal() {
        Token token = cursor.next();
        return switch (token.kind()) {
            case INTEGER -> new Operand.Int(token.position(), parseInteger(token));
            case REAL -> parseReal(token);
            case WORD -> {
                if (token.text().equals("WARP_SZ")) {
                    yield new Operand.Int(token.position(), 32);
                }
                throw new PtxSyntaxException(token.position(), token.describe() + " is not a constant");
            }
            default ->
                throw new PtxSyntaxException(token.position(), "expected a constant but found " + token.describe());
        };
    }

    private static long parseInteger(Token token) {
        String digits = token.text();
        if (digits.endsWith("U") || digits.endsWith("u")) {
            digits = digits.substring(0, digits.length() - 1);
        }
        String lower = digits.toLowerCase(java.util.Locale.ROOT);
        try {
            if (lower.startsWith("0x")) {
                return Long.parseUnsignedLong(lower.substring(2), 16);
            }
            if (lower.startsWith("0b")) {
                return Long.parseUnsignedLong(lower.substring(2), 2);
            }
            if (lower.length() > 1 && lower.startsWith("0")) {
                return Long.parseUnsignedLong(lower.substring(1), 8);
            }
            return Long.parseUnsignedLong(lower);
        } catch (NumberFormatException malformed) {
            throw new PtxSyntaxException(token.position(), token.describe() + " is not an integer of at most 64 bits");
        }
    }

    private static Operand parseReal(Token token) {
        String digits = token.text();
        char second = digits.length() > 1 ? Character.toLowerCase(digits.charAt(1)) : ' ';
        if (digits.charAt(0) == '0' && second == 'f') {
            return new Operand.Real(token.position(), Long.parseLong(digits.substring(2), 16), 4);
        }
        if (digits.charAt(0) == '0' && second == 'd') {
            return new Operand.Real(token.position(), Long.parseUnsignedLong(digits.substring(2), 16), 8);
        }
        try {
            return real(token.position(), Double.parseDouble(digits));
        } catch (NumberFormatException malformed) {
            throw new PtxSyntaxException(token.position(), token.describe() + " is not a floating constant");
        }
    }

    private static Operand.Real real(Position position, double value) {
        return new Operand.Real(position, Double.doubleToRawLongBits(value), 8);
    }

    private static Operand negate(Operand value) {
        if (value instanceof Operand.Real real) {
            long sign = real.byteSize() == 4 ? 0x8000_0000L : Long.MIN_VALUE;
            return new Operand.Real(real.position(), real.bits() ^ sign, real.byteSize());
        }
        return new Operand.Int(value.position(), -integer(value));
    }

    private static long integer(Operand value) {
        if (value instanceof Operand.Int constant) {
            return constant.value();
        }
        throw new PtxSyntaxException(value.position(), "expected an integer constant");
    }

    private static Operand combine(String operator, Operand left, Operand right) {
        if (left instanceof Operand.Real || right instanceof Operand.Real) {
            return combineReal(operator, left, right);
        }
        long a = integer(left);
        long b = integer(right);
        if (b == 0 && (operator.equals("/") || operator.equals("%"))) {
            throw new PtxSyntaxException(right.position(), "division by zero in a constant expression");
        }
        long value = switch (operator) {
            case "||" -> a != 0 || b != 0 ? 1 : 0;
            case "&&" -> a != 0 && b != 0 ? 1 : 0;
            case "|" -> a | b;
            case "^" -> a ^ b;
            case "&" -> a & b;
            case "==" -> a == b ? 1 : 0;
            case "!=" -> a != b ? 1 : 0;
            case "<" -> a < b ? 1 : 0;
            case ">" -> a > b ? 1 : 0;
            case "<=" -> a <= b ? 1 : 0;
            case ">=" -> a >= b ? 1 : 0;
            case "<<" -> b >= 64 ? 0 : a << b;
            case ">>" -> a >> Math.min(b, 63);
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "%" -> a % b;
            default -> throw new AssertionError(operator);
        };
        return new Operand.Int(left.position(), value);
    }

    private static Operand combineReal(String operator, Operand left, Operand right) {
        double a = left instanceof Operand.Real real ? real.value() : integer(left);
        double b = right instanceof Operand.Real real ? real.value() : integer(right);
        return switch (operator) {
            case "+" -> real(left.position(), a + b);
            case "-" -> real(left.position(), a - b);
            case "*" -> real(left.position(), a * b);
            case "/" -> real(left.position(), a / b);
            default ->
                throw new PtxSyntaxException(
                        left.position(), "operator " + operator + " does not take floating constants");
        };
    }
}
