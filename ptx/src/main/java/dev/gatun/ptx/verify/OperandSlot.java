package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;
import org.jspecify.annotations.Nullable;

/**
 * A place for one operand in a form.
 *
 * <p>Written {@code =T} (destination), {@code T} (source), {@code 2T} (twice as wide), {@code T~} (register may be wider,
 * of any class), {@code #} (constant), {@code _} (a result that must be dropped), {@code p}, {@code !p} (predicate, the
 * latter negatable), {@code [S]} (address in the space that slot S chose, or in a fixed one), {@code [tensor:D]} (a tensor
 * map with as many coordinates as slot D says), {@code 4*b32} and {@code V*T} (vector), {@code X/2*f32} (vector of half as
 * many as the shape X has columns), {@code {}} (pack), {@code L} (label),
 * {@code =T|p} (with an optional second destination), {@code ?} (optional), {@code &K} (present when slot K is chosen).
 *
 * @param type  name of a slot or of a type
 * @param count elements of a vector: a number, the name of a slot, a share of the columns, or empty for a single value
 */
public record OperandSlot(
        String text,
        Kind kind,
        boolean isDestination,
        String type,
        boolean widened,
        boolean loose,
        String count,
        boolean withPredicate,
        boolean optional,
        String condition) {

    /** What may stand in the slot. */
    public enum Kind {
        VALUE,
        CONSTANT,
        PREDICATE,
        NEGATABLE,
        ADDRESS,
        TENSOR,
        SINK,
        PACK,
        LABEL,
        TARGETS
    }

    static OperandSlot parse(String text) {
        String rest = text;
        boolean destination = rest.startsWith("=");
        rest = destination ? rest.substring(1) : rest;
        String condition = "";
        int and = rest.indexOf('&');
        if (and > 0) {
            condition = rest.substring(and + 1);
            rest = rest.substring(0, and);
        }
        boolean optional = rest.endsWith("?");
        rest = optional ? rest.substring(0, rest.length() - 1) : rest;
        boolean withPredicate = rest.endsWith("|p");
        rest = withPredicate ? rest.substring(0, rest.length() - 2) : rest;
        boolean loose = rest.endsWith("~");
        rest = loose ? rest.substring(0, rest.length() - 1) : rest;
        String count = "";
        int star = rest.indexOf('*');
        if (star > 0) {
            count = rest.substring(0, star);
            rest = rest.substring(star + 1);
        }
        Kind kind = switch (rest) {
            case "p" -> Kind.PREDICATE;
            case "!p" -> Kind.NEGATABLE;
            case "L" -> Kind.LABEL;
            case "LL" -> Kind.TARGETS;
            case "{}" -> Kind.PACK;
            case "#" -> Kind.CONSTANT;
            case "_" -> Kind.SINK;
            default -> rest.startsWith("[tensor:") ? Kind.TENSOR : rest.startsWith("[") ? Kind.ADDRESS : Kind.VALUE;
        };
        boolean widened = rest.length() == 2 && rest.charAt(0) == '2';
        if (kind == Kind.TENSOR) {
            count = rest.substring("[tensor:".length(), rest.length() - 1);
            rest = "generic";
        } else if (kind == Kind.ADDRESS) {
            rest = rest.substring(1, rest.length() - 1);
        } else if (widened) {
            rest = rest.substring(1);
        }
        return new OperandSlot(
                text, kind, destination, rest, widened, loose, count, withPredicate, optional, condition);
    }

    /** The type under a selection; null where the slot has none. */
    public @Nullable PtxType type(Selection selection) {
        PtxType found = PtxType.of(selection.word(type).isEmpty() ? type : selection.word(type));
        if (found == null || !widened) {
            return found;
        }
        return switch (found) {
            case U16 -> PtxType.U32;
            case S16 -> PtxType.S32;
            case U32 -> PtxType.U64;
            case S32 -> PtxType.S64;
            default -> throw new AssertionError(text);
        };
    }

    /** Elements under a selection; 0 for a plain value without braces. */
    public int count(Selection selection) {
        if (count.isEmpty()) {
            return 0;
        }
        if (Character.isDigit(count.charAt(0))) {
            return Integer.parseInt(count);
        }
        int slash = count.indexOf('/');
        if (slash > 0) {
            String shape = selection.word(count.substring(0, slash));
            int columns = Integer.parseInt(shape, shape.indexOf('n') + 1, shape.indexOf('k'), 10);
            return columns / Integer.parseInt(count, slash + 1, count.length(), 10);
        }
        String word = selection.word(count);
        if (kind == Kind.TENSOR) { // 3d
            return Integer.parseInt(word.substring(0, 1));
        }
        return word.isEmpty() ? 0 : Integer.parseInt(word.substring(1));
    }

    boolean isPresent(Selection selection) {
        return condition.isEmpty() || selection.has(condition);
    }
}
