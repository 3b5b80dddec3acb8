package dev.gatun.kernels.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A kind of mistake in one instruction. Changes that cannot mean anything else are left out, which is no judgement of the
 * tests: sources of a commutative operation are not exchanged; a {@code cvta} of an address onto itself (generic addresses of
 * global memory are global addresses) is left alone, so is the {@code ret} at the end, and so are
 * cache hints; sums and products in f64 are not rounded otherwise, since results are f32 and 2^-53 is 2^-29 of their unit.
 */
enum Mutation {
    /** The instruction is missing: barriers, waits and stores too. */
    DELETED {
        @Override
        List<PtxInstruction> of(PtxInstruction instruction) {
            return List.of();
        }
    },
    /** Another operation of the same operands, or a fused one without one of its halves. */
    OPERATION {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            List<PtxInstruction> others = new ArrayList<>();
            OPERATIONS.forEach((from, to) -> {
                if (i.operation().matches(from + "(\\..*)?")) {
                    others.add(i.withOperation(i.operation().replaceFirst(from, to)));
                }
            });
            List<String> operands = i.operands();
            if (i.opcode().equals("fma") || i.opcode().equals("mad")) {
                List<String> factors = operands.subList(0, 3);
                String product = i.operation().replaceFirst("fma|mad", "mul");
                others.add(i.withOperation(product).withOperands(factors));
                others.add(i.withOperation("mov." + type(i)).withOperands(List.of(operands.get(0), operands.get(3))));
            }
            if (COPIES.contains(i.opcode())) {
                others.add(i.withOperation("mov." + type(i)));
            }
            return others;
        }
    },
    /** Another comparison. */
    COMPARISON {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            List<PtxInstruction> others = new ArrayList<>();
            if (i.opcode().equals("setp")) {
                COMPARISONS.forEach((from, to) -> {
                    if (i.has(from)) {
                        to.forEach(other -> others.add(replaced(i, from, other)));
                    }
                });
            }
            return others;
        }
    },
    /** A constant that is off by one or by a power of two, or has the other sign. */
    CONSTANT {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            List<PtxInstruction> others = new ArrayList<>();
            for (int o = 0; o < i.operands().size(); o++) {
                String operand = i.operands().get(o);
                int index = o;
                if (operand.matches("-?\\d+|0x[0-9a-fA-F]+")) {
                    long value = Long.decode(operand);
                    Stream.of(value + 1, value - 1, value * 2, value / 2)
                            .distinct()
                            .filter(other -> other != value)
                            .forEach(other -> others.add(i.withOperand(index, literal(other))));
                } else if (operand.matches("0[fF][0-9a-fA-F]{8}")) {
                    int bits = Integer.parseUnsignedInt(operand.substring(2), 16);
                    int[] changed =
                            bits == 0 ? new int[] {0x3F80_0000} : new int[] {bits ^ (1 << 31), bits - (1 << 23)};
                    for (int other : changed) {
                        others.add(i.withOperand(o, String.format("0f%08X", other)));
                    }
                } else if (operand.matches("0[dD][0-9a-fA-F]{16}")) {
                    long bits = Long.parseUnsignedLong(operand.substring(2), 16);
                    others.add(i.withOperand(o, String.format("0d%016X", bits ^ (1L << 63))));
                    others.add(i.withOperand(o, String.format("0d%016X", bits + (1L << 52))));
                }
            }
            return others;
        }
    },
    /** Two sources in each other's place. */
    SOURCES {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            List<PtxInstruction> others = new ArrayList<>();
            int size = i.operands().size();
            for (int a = 1; a < size; a++) {
                for (int b = a + 1; b < size; b++) {
                    boolean commutes = a == 1 && b == 2 && commutes(i);
                    boolean registers = i.operands().get(a).startsWith("%")
                            && i.operands().get(b).startsWith("%");
                    if (registers
                            && !commutes
                            && !i.operands().get(a).equals(i.operands().get(b))) {
                        others.add(i.withOperandsSwapped(a, b));
                    }
                }
            }
            return others;
        }
    },
    /** An access one width off, or without its offset. */
    ADDRESS {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            List<PtxInstruction> others = new ArrayList<>();
            for (int o = 0; o < i.operands().size(); o++) {
                Matcher address = ADDRESS_OPERAND.matcher(i.operands().get(o));
                if (address.matches()) {
                    String base = address.group(1);
                    int offset = address.group(2) == null ? 0 : Integer.decode(address.group(2));
                    int width = width(i);
                    others.add(i.withOperand(o, "[" + base + " + " + (offset + width) + "]"));
                    others.add(i.withOperand(o, "[" + base + " + " + (offset - width) + "]"));
                    if (offset != 0 && offset != width) {
                        others.add(i.withOperand(o, "[" + base + "]"));
                    }
                }
            }
            return others;
        }
    },
    /** A guard turned round. */
    GUARD_NEGATED {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            if (i.guard().isEmpty()) {
                return List.of();
            }
            boolean negated = i.guard().startsWith("@!");
            return List.of(
                    i.withGuard(negated ? i.guard().replace("!", "") : i.guard().replace("@", "@!")));
        }
    },
    /** A guarded instruction that is always executed. */
    GUARD_DROPPED {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            return i.guard().isEmpty() ? List.of() : List.of(i.withGuard(""));
        }
    },
    /** Rounded towards zero, down or up. */
    ROUNDING {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            List<PtxInstruction> others = new ArrayList<>();
            if (i.operation().endsWith(".rn.f64")) {
                return others;
            }
            for (String direction : List.of("z", "m", "p")) {
                if (i.has("rn") && !i.has("s32") && !i.has("u32") && !i.has("s8") && !i.has("u8")) {
                    others.add(replaced(i, "rn", "r" + direction));
                }
                if (i.has("rni")) {
                    others.add(replaced(i, "rni", "r" + direction + "i"));
                }
            }
            return others;
        }
    },
    /** Two elements of a vector in each other's place. */
    ELEMENTS {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            List<PtxInstruction> others = new ArrayList<>();
            for (int o = 0; o < i.operands().size(); o++) {
                String operand = i.operands().get(o);
                if (!operand.startsWith("{")) {
                    continue;
                }
                List<String> elements = PtxInstruction.split(operand.substring(1, operand.length() - 1));
                for (int a = 0; a + 1 < elements.size(); a++) {
                    if (elements.get(a).equals(elements.get(a + 1))) {
                        continue;
                    }
                    List<String> swapped = new ArrayList<>(elements);
                    swapped.set(a, elements.get(a + 1));
                    swapped.set(a + 1, elements.get(a));
                    others.add(i.withOperand(o, "{" + String.join(", ", swapped) + "}"));
                }
            }
            return others;
        }
    },
    /** Signed bytes read as unsigned ones; the other way round nothing changes, since unsigned codes have at most 5 bits. */
    SIGN {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            if (i.operation().matches("cvt\\..*\\.s8")) {
                return List.of(replaced(i, "s8", "u8"));
            }
            return switch (i.operation()) {
                case "dp4a.u32.s32" -> List.of(i.withOperation("dp4a.u32.u32"));
                case "dp4a.s32.s32" -> List.of(i.withOperation("dp4a.s32.u32"), i.withOperation("dp4a.u32.s32"));
                default -> List.of();
            };
        }
    },
    /** Another coordinate of thread or block. */
    COORDINATE {
        @Override
        List<PtxInstruction> of(PtxInstruction i) {
            List<PtxInstruction> others = new ArrayList<>();
            for (int o = 0; o < i.operands().size(); o++) {
                String operand = i.operands().get(o);
                for (String other : COORDINATES) {
                    if (COORDINATES.contains(operand) && !other.equals(operand)) {
                        others.add(i.withOperand(o, other));
                    }
                }
            }
            return others;
        }
    };

    private static final Map<String, String> OPERATIONS = Map.ofEntries(
            Map.entry("add", "sub"),
            Map.entry("sub", "add"),
            Map.entry("min", "max"),
            Map.entry("max", "min"),
            Map.entry("div\\.u32", "rem.u32"),
            Map.entry("rem", "div"),
            Map.entry("mul\\.lo", "add"),
            Map.entry("mul\\.rn", "add.rn"),
            Map.entry("and", "or"),
            Map.entry("or", "and"),
            Map.entry("shl\\.b", "shr.u"),
            Map.entry("shr\\.u", "shl.b"),
            Map.entry("redux\\.sync\\.add", "redux.sync.max"),
            Map.entry("shfl\\.sync\\.bfly", "shfl.sync.up"),
            Map.entry("setp\\.(..)\\.and", "setp.$1.or"),
            Map.entry("setp\\.(..)\\.or", "setp.$1.and"),
            Map.entry("testp\\.infinite", "testp.notanumber"));

    private static final Set<String> COPIES = Set.of("neg", "not", "abs", "rcp", "sqrt", "ex2");

    private static final Map<String, List<String>> COMPARISONS = Map.of(
            "eq", List.of("ne"),
            "ne", List.of("eq"),
            "lt", List.of("le", "ge"),
            "le", List.of("lt", "gt"),
            "gt", List.of("ge", "le"),
            "ge", List.of("gt", "lt"));

    private static final Set<String> COMMUTATIVE = Set.of("add", "mul", "min", "max", "and", "or", "fma", "mad", "xor");

    private static final List<String> COORDINATES =
            List.of("%tid.x", "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z");

    private static final Pattern ADDRESS_OPERAND = Pattern.compile("\\[(%\\w+)(?: \\+ (-?\\w+))?]");

    /** The instructions that {@code instruction} becomes by this mistake, some of which may not verify. */
    abstract List<PtxInstruction> of(PtxInstruction instruction);

    private static PtxInstruction replaced(PtxInstruction instruction, String modifier, String other) {
        return instruction.withOperation(
                instruction.operation().replaceFirst("\\." + modifier + "(?=\\.|$)", "." + other));
    }

    private static String literal(long value) {
        return value > Integer.MAX_VALUE ? "0x" + Long.toHexString(value) : Long.toString(value);
    }

    private static String type(PtxInstruction i) {
        return i.operation().substring(i.operation().lastIndexOf('.') + 1);
    }

    private static boolean commutes(PtxInstruction i) {
        boolean sameTypes = i.operation().equals("dp4a.s32.s32");
        return COMMUTATIVE.contains(i.opcode()) || sameTypes || i.has("eq") || i.has("ne");
    }

    private static int width(PtxInstruction i) {
        int elements = i.has("v4") ? 4 : i.has("v2") ? 2 : 1;
        if (i.opcode().equals("ldmatrix") || i.operation().startsWith("cp.async.cg")) {
            return 16;
        }
        return elements * Integer.parseInt(type(i).replaceAll("\\D", "")) / 8;
    }
}
