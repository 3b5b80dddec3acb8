package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.PtxVerifyException;
import java.util.Set;

/** Rules that span several operands or restrict a constant. */
final class OperationRules {
    private OperationRules() {}

    /** Instructions that may drop their result, {@code _}; vectors may drop elements everywhere. */
    private static final Set<String> DROPPING = Set.of("setp", "elect", "match", "lop3", "atom", "mbarrier");

    static void check(Operation operation, Target target) {
        for (Argument argument : operation.arguments()) {
            checkArgument(operation, argument, target);
        }
        switch (operation.opcode()) {
            case "ld", "st", "ldu" -> {
                if (operation.word("V").equals("v4")
                        && operation.selection().type("T").byteSize() == 8) {
                    throw error(operation, "a vector access moves at most 16 bytes; .v4 of 8-byte elements is 32");
                }
                if (operation.opcode().equals("st") && writesParameter(operation)) {
                    throw error(operation, "the parameters of an entry cannot be written");
                }
            }
            case "cp" -> {
                if (operation.has("bulk")) {
                    BulkRules.check(operation);
                } else {
                    checkCopySize(operation);
                }
            }
            case "cvt" -> checkSaturation(operation);
            case "fence" -> {
                if (operation.arguments().size() > 1) {
                    checkConstant(operation, 1, 128, 128);
                }
            }
            case "discard", "applypriority" -> checkConstant(operation, 1, 128, 128);
            case "lop3" -> {
                checkConstant(operation, 4, 0, 255);
                if (operation.has("B")) {
                    checkPair(operation, "lop3." + operation.word("B"));
                }
            }
            case "bar", "barrier" -> {
                if (!operation.has("cluster")) {
                    checkBarrierNumber(operation);
                }
            }
            case "setp" -> {
                PtxType type = operation.selection().type("T");
                if (type.kind() == PtxType.Kind.PACKED) {
                    checkPair(operation, "setp of ." + type.suffix());
                }
            }
            case "elect" -> checkPair(operation, "elect.sync");
            case "setmaxnreg" -> {
                checkConstant(operation, 0, 24, 256);
                if (constant(operation, 0) % 8 != 0) {
                    throw error(operation, "setmaxnreg takes a multiple of 8");
                }
            }
            case "wgmma" -> checkProduct(operation);
            case "pmevent" -> checkConstant(operation, 0, 0, 15);
            default -> {}
        }
    }

    private static void checkArgument(Operation operation, Argument argument, Target target) {
        if (argument instanceof Argument.Special special) {
            String name = special.register().toString();
            if (!operation.opcode().equals("mov") && !operation.opcode().equals("cvt")) {
                throw error(operation, "special register " + name + " can only be read by mov or cvt");
            }
            if (special.register().isOfCluster() && !target.hasClusters()) {
                throw error(operation, name + " needs .version 7.8 and .target sm_90 or newer");
            }
        }
        boolean drops = argument instanceof Argument.Dropped
                || (argument instanceof Argument.Two two && two.first() instanceof Argument.Dropped);
        if (drops && !DROPPING.contains(operation.opcode())) {
            throw error(operation, "the result of " + operation.opcode() + " cannot be dropped by '_'");
        }
    }

    /** Between integers, {@code .sat} is for destinations that cannot hold every value of the source. */
    private static void checkSaturation(Operation operation) {
        PtxType from = PtxType.of(operation.word("A"));
        PtxType to = PtxType.of(operation.word("D"));
        if (!operation.has("sat") || operation.has("pack") || from == null || to == null) {
            return;
        }
        if (!from.isInteger() || !to.isInteger()) {
            return;
        }
        boolean holds = from.isSigned() == to.isSigned()
                ? from.byteSize() <= to.byteSize()
                : to.isSigned() && from.byteSize() < to.byteSize();
        if (holds) {
            throw error(operation, "." + to.suffix() + " holds every ." + from.suffix() + ", so .sat is not allowed");
        }
    }

    private static boolean writesParameter(Operation operation) {
        return operation.argument(0) instanceof Argument.Memory memory
                && memory.base() instanceof Argument.AddressOf address
                && address.symbol().isParameterOfEntry();
    }

    private static void checkCopySize(Operation operation) {
        if (operation.has("mbarrier") || operation.arguments().size() < 3) {
            return;
        }
        long bytes = constant(operation, 2);
        boolean fits = operation.word("K").equals("cg") ? bytes == 16 : bytes == 4 || bytes == 8 || bytes == 16;
        if (!fits) {
            throw error(
                    operation,
                    "cp.async." + operation.word("K") + " copies "
                            + (operation.word("K").equals("cg") ? "16" : "4, 8 or 16") + " bytes, not " + bytes);
        }
    }

    private static void checkConstant(Operation operation, int index, long least, long most) {
        long value = constant(operation, index);
        if (value < least || value > most) {
            throw error(operation, "constant " + value + " is outside " + least + " to " + most);
        }
    }

    private static void checkBarrierNumber(Operation operation) {
        if (operation.has("warp")) {
            return;
        }
        int index = operation.has("red") ? 1 : 0;
        if (operation.argument(index) instanceof Argument.Constant constant
                && (constant.bits() < 0 || constant.bits() > 15)) {
            throw error(operation, "barrier " + constant.bits() + " does not exist; a block has 0 to 15");
        }
        boolean counted = operation.arguments().size() > index + (operation.has("red") ? 2 : 1);
        if (counted
                && operation.argument(index + 1) instanceof Argument.Constant count
                && (count.bits() % 32 != 0 || count.bits() == 0)) {
            throw error(operation, "the thread count " + count.bits() + " of a barrier is no positive multiple of 32");
        }
    }

    /** The constants behind scale-d: two signs, then transpositions. */
    private static void checkProduct(Operation operation) {
        for (int n = 4; n < operation.arguments().size(); n++) {
            long value = constant(operation, n);
            boolean isSign = n < 6;
            if (isSign ? value != 1 && value != -1 : value != 0 && value != 1) {
                throw error(
                        operation,
                        (isSign ? "a factor of wgmma is 1 or -1, not " : "a transposition of wgmma is 0 or 1, not ")
                                + value);
            }
        }
        if (operation.arguments().size() == 1) {
            checkConstant(operation, 0, 0, Integer.MAX_VALUE);
        }
    }

    private static void checkPair(Operation operation, String what) {
        if (!(operation.argument(0) instanceof Argument.Two)) {
            throw error(operation, what + " needs two destinations, d|p");
        }
    }

    private static long constant(Operation operation, int index) {
        return operation.argument(index) instanceof Argument.Constant constant ? constant.bits() : 0;
    }

    private static PtxVerifyException error(Operation operation, String message) {
        return new PtxVerifyException(operation.syntax().position(), message);
    }
}
