package dev.gatun.ptx.verify;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Operand;
import java.util.ArrayList;
import java.util.List;

/** Turns the operands of one routine's instructions into arguments and checks their types. */
final class OperandResolver {
    private final Names names;
    private final LabelTable labels;

    OperandResolver(Names names, LabelTable labels) {
        this.names = names;
        this.labels = labels;
    }

    Argument resolve(Operand operand, OperandSlot slot, Selection selection) {
        if (slot.withPredicate() && operand instanceof Operand.Pair pair) {
            Argument first = single(pair.first(), slot, selection);
            Argument second = pair.second() instanceof Operand.Sink
                    ? new Argument.Dropped()
                    : new Argument.Reg(register(pair.second(), PtxType.PRED, false));
            return new Argument.Two(first, second);
        }
        return single(operand, slot, selection);
    }

    private Argument single(Operand operand, OperandSlot slot, Selection selection) {
        if (operand instanceof Operand.Sink) {
            if (!slot.isDestination() && slot.kind() != OperandSlot.Kind.SINK) {
                throw error(operand.position(), "'_' is only a destination");
            }
            return new Argument.Dropped();
        }
        return switch (slot.kind()) {
            case PREDICATE -> {
                if (slot.isDestination()) {
                    yield new Argument.Reg(register(operand, PtxType.PRED, false));
                }
                yield operand instanceof Operand.Int constant
                        ? new Argument.Constant(constant.value(), PtxType.PRED)
                        : predicate(operand, false);
            }
            case NEGATABLE -> predicate(operand, true);
            case CONSTANT -> constant(operand);
            case LABEL -> new Argument.Target(List.of(labels.reference(name(operand, "a label"))));
            case TARGETS -> labels.targets(name(operand, "the label of a .branchtargets list"));
            case ADDRESS -> memory(operand, space(slot, selection));
            case TENSOR -> tensor(operand, slot.count(selection));
            case SINK ->
                throw error(operand.position(), "an arrival in another block gives no token: write '_' for it");
            case PACK -> pack(operand, selection.type("T"), slot.isDestination());
            case VALUE -> {
                int count = slot.count(selection);
                PtxType type = type(slot, selection);
                yield count == 0
                        ? value(operand, type, slot.loose(), slot.isDestination())
                        : vector(operand, count, type, slot);
            }
        };
    }

    private static PtxType type(OperandSlot slot, Selection selection) {
        PtxType type = slot.type(selection);
        if (type == null) {
            throw new AssertionError("slot " + slot.text() + " has no type");
        }
        return type;
    }

    static StateSpace space(OperandSlot slot, Selection selection) {
        String word = selection.has(slot.type()) ? selection.word(slot.type()) : slot.type();
        return switch (word) {
            case "global" -> StateSpace.GLOBAL;
            case "shared", "shared::cta", "shared::cluster" -> StateSpace.SHARED;
            case "local" -> StateSpace.LOCAL;
            case "const" -> StateSpace.CONST;
            case "param", "param::entry", "param::func" -> StateSpace.PARAM;
            default -> StateSpace.GENERIC;
        };
    }

    private static Operand.Name name(Operand operand, String what) {
        if (operand instanceof Operand.Name name && name.element().isEmpty() && name.offset() == 0) {
            return name;
        }
        throw error(operand.position(), "expected " + what);
    }

    Argument.Predicate predicate(Operand operand, boolean negatable) {
        if (operand instanceof Operand.Not not) {
            if (!negatable) {
                throw error(operand.position(), "this predicate cannot be negated");
            }
            return new Argument.Predicate(register(not.operand(), PtxType.PRED, false), true);
        }
        return new Argument.Predicate(register(operand, PtxType.PRED, false), false);
    }

    private static Argument constant(Operand operand) {
        if (operand instanceof Operand.Int constant) {
            return new Argument.Constant(constant.value(), PtxType.S64);
        }
        throw error(operand.position(), "expected an integer constant");
    }

    Register register(Operand operand, PtxType wanted, boolean loose) {
        if (operand instanceof Operand.Name name && name.offset() == 0) {
            Register register = names.register(name.name(), name.element());
            if (register != null) {
                if (!TypeRules.agrees(wanted, register.type(), loose)) {
                    throw error(
                            operand.position(),
                            register.name() + " is ." + register.type().suffix() + ", which does not fit ."
                                    + wanted.suffix());
                }
                return register;
            }
            throw unknown(name);
        }
        throw error(operand.position(), "expected a register of type ." + wanted.suffix());
    }

    private PtxVerifyException unknown(Operand.Name name) {
        String written = name.name() + (name.element().isEmpty() ? "" : "." + name.element());
        if (names.symbol(name.name()) != null) {
            return error(name.position(), "'" + written + "' is a variable, not a register");
        }
        if (SpecialRegister.of(name.name()) != null) {
            return error(name.position(), "special register '" + written + "' can only be read by mov");
        }
        return error(name.position(), "'" + written + "' is not declared");
    }

    /** A register, constant, special register or address. */
    Argument value(Operand operand, PtxType wanted, boolean loose, boolean destination) {
        if (destination) {
            return new Argument.Reg(register(operand, wanted, loose));
        }
        if (operand instanceof Operand.Int constant) {
            if (!TypeRules.takesInteger(wanted)) {
                throw error(
                        operand.position(),
                        "an integer constant does not fit ." + wanted.suffix()
                                + "; write a floating constant such as 0f3F800000");
            }
            if (!TypeRules.fits(constant.value(), wanted)) {
                throw error(operand.position(), "constant " + constant.value() + " does not fit ." + wanted.suffix());
            }
            return new Argument.Constant(truncate(constant.value(), wanted), wanted);
        }
        if (operand instanceof Operand.Real real) {
            return real(real, wanted);
        }
        if (operand instanceof Operand.Name name) {
            return named(name, wanted, loose);
        }
        throw error(operand.position(), "expected a register or a constant of type ." + wanted.suffix());
    }

    private Argument named(Operand.Name name, PtxType wanted, boolean loose) {
        SpecialRegister special = SpecialRegister.of(name.name());
        if (special != null) {
            return special(name, special, wanted);
        }
        if (name.element().isEmpty() && names.register(name.name(), "") == null) {
            Symbol symbol = names.symbol(name.name());
            if (symbol != null) {
                if (wanted.byteSize() < 4 || wanted.kind() == PtxType.Kind.FLOAT) {
                    throw error(
                            name.position(), "the address of '" + name.name() + "' does not fit ." + wanted.suffix());
                }
                return new Argument.AddressOf(symbol, name.offset());
            }
        }
        return new Argument.Reg(register(name, wanted, loose));
    }

    private static Argument special(Operand.Name name, SpecialRegister special, PtxType wanted) {
        int component = name.element().isEmpty() ? -1 : Names.component(name.element());
        if (special.hasElements() != (component >= 0 && component <= 2)) {
            throw error(
                    name.position(),
                    special.hasElements()
                            ? name.name() + " is read by component: .x, .y or .z"
                            : name.name() + " has no component ." + name.element());
        }
        boolean fits = wanted.kind() != PtxType.Kind.FLOAT
                && (wanted.byteSize() == special.type().byteSize()
                        || (wanted.byteSize() == 2 && special.hasElements())
                        || (wanted.byteSize() == 8 && special.hasElements()));
        if (!fits) {
            throw error(
                    name.position(),
                    name.name() + " is ." + special.type().suffix() + ", which does not fit ." + wanted.suffix());
        }
        return new Argument.Special(special, Math.max(component, 0));
    }

    private static Argument real(Operand.Real real, PtxType wanted) {
        if (!TypeRules.takesReal(wanted)) {
            throw error(real.position(), "a floating constant does not fit ." + wanted.suffix());
        }
        if (wanted.byteSize() == 4) {
            long bits =
                    real.byteSize() == 4 ? real.bits() : Float.floatToRawIntBits((float) real.value()) & 0xFFFF_FFFFL;
            return new Argument.Constant(bits, wanted);
        }
        long bits = real.byteSize() == 8 ? real.bits() : Double.doubleToRawLongBits(real.value());
        return new Argument.Constant(bits, wanted);
    }

    static long truncate(long value, PtxType type) {
        int bits = 8 * type.byteSize();
        return bits >= 64 ? value : value & ((1L << bits) - 1);
    }

    private Argument vector(Operand operand, int count, PtxType type, OperandSlot slot) {
        List<Argument> elements = new ArrayList<>();
        if (operand instanceof Operand.Name name && name.element().isEmpty() && names.vector(name.name()) != null) {
            for (Register register : java.util.Objects.requireNonNull(names.vector(name.name()))) {
                if (!TypeRules.agrees(type, register.type(), slot.loose())) {
                    throw error(name.position(), register.name() + " does not fit ." + type.suffix());
                }
                elements.add(new Argument.Reg(register));
            }
        } else if (operand instanceof Operand.Vector vector) {
            for (Operand element : vector.elements()) {
                elements.add(
                        element instanceof Operand.Sink && slot.isDestination()
                                ? new Argument.Dropped()
                                : value(element, type, slot.loose(), slot.isDestination()));
            }
        } else if (count == 1) {
            elements.add(value(operand, type, slot.loose(), slot.isDestination()));
        } else {
            throw error(operand.position(), "expected a vector of " + count + " ." + type.suffix());
        }
        if (elements.size() != count) {
            throw error(operand.position(), "the vector has " + elements.size() + " elements, expected " + count);
        }
        return new Argument.Group(elements);
    }

    private Argument pack(Operand operand, PtxType whole, boolean destination) {
        List<Operand> written = new ArrayList<>();
        List<Argument> elements = new ArrayList<>();
        if (operand instanceof Operand.Vector vector) {
            written.addAll(vector.elements());
        } else if (operand instanceof Operand.Name name && names.vector(name.name()) != null) {
            for (Register register : java.util.Objects.requireNonNull(names.vector(name.name()))) {
                elements.add(new Argument.Reg(register));
            }
        } else {
            throw error(operand.position(), "expected a vector such as {%a, %b}");
        }
        int count = Math.max(written.size(), elements.size());
        PtxType part = count == 2 || count == 4 ? part(whole, count) : null;
        if (part == null) {
            throw error(operand.position(), count + " elements do not make up ." + whole.suffix());
        }
        for (Operand element : written) {
            elements.add(
                    element instanceof Operand.Sink && destination
                            ? new Argument.Dropped()
                            : value(element, part, false, destination));
        }
        return new Argument.Group(elements);
    }

    private static @org.jspecify.annotations.Nullable PtxType part(PtxType whole, int count) {
        return switch (whole.byteSize() / count) {
            case 1 -> PtxType.B8;
            case 2 -> PtxType.B16;
            case 4 -> PtxType.B32;
            default -> null;
        };
    }

    /** A tensor map with coordinates, {@code [map, {x, y}]}. */
    private Argument tensor(Operand operand, int rank) {
        if (!(operand instanceof Operand.Address address)) {
            throw error(operand.position(), "expected a tensor map with coordinates in brackets");
        }
        if (address.coordinates().size() != 1 || !(address.coordinates().get(0) instanceof Operand.Vector vector)) {
            throw error(operand.position(), "expected coordinates in braces after the tensor map, [map, {x, y}]");
        }
        if (vector.elements().size() != rank) {
            throw error(
                    operand.position(),
                    "a tensor of " + rank + " dimensions takes " + rank + " coordinates, not "
                            + vector.elements().size());
        }
        List<Argument> coordinates = new ArrayList<>();
        for (Operand element : vector.elements()) {
            coordinates.add(value(element, PtxType.S32, false, false));
        }
        return new Argument.Tensor(address(address, StateSpace.GENERIC), coordinates);
    }

    Argument memory(Operand operand, StateSpace space) {
        if (!(operand instanceof Operand.Address address)) {
            throw error(operand.position(), "expected an address in brackets");
        }
        if (!address.coordinates().isEmpty()) {
            throw error(operand.position(), "this address takes no tensor coordinates");
        }
        return address(address, space);
    }

    private Argument.Memory address(Operand.Address address, StateSpace space) {
        if (address.base() instanceof Operand.Int constant) {
            return new Argument.Memory(new Argument.Constant(constant.value(), PtxType.U64), address.offset());
        }
        if (!(address.base() instanceof Operand.Name name)) {
            throw error(address.position(), "expected a register or a variable as the base of an address");
        }
        Register register = names.register(name.name(), name.element());
        if (register != null) {
            boolean fits = register.type().byteSize() == 8
                    || (register.type().byteSize() == 4 && space != StateSpace.GENERIC && space != StateSpace.GLOBAL);
            if (!fits || register.type().kind() == PtxType.Kind.FLOAT || register.type() == PtxType.PRED) {
                throw error(
                        name.position(),
                        register.name() + " is ." + register.type().suffix() + ", which is no address in "
                                + (space == StateSpace.GENERIC ? "generic" : "." + space.word()) + " memory");
            }
            return new Argument.Memory(new Argument.Reg(register), address.offset());
        }
        Symbol symbol = names.symbol(name.name());
        if (symbol == null) {
            throw unknown(name);
        }
        boolean generic = space == StateSpace.GENERIC;
        if (!generic && symbol.space() != space) {
            throw error(
                    name.position(),
                    "'" + name.name() + "' lies in ." + symbol.space().word() + ", not in ." + space.word());
        }
        return new Argument.Memory(new Argument.AddressOf(symbol, 0), address.offset());
    }

    static PtxVerifyException error(Position position, String message) {
        return new PtxVerifyException(position, message);
    }
}
