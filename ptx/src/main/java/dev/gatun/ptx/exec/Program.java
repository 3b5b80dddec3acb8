package dev.gatun.ptx.exec;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** An entry, linked: its steps, how many registers of each bank a warp needs, and its memory layout. */
final class Program {
    /** A special register that differs from warp to warp or block to block, and the int slot that holds it. */
    record SpecialSlot(dev.gatun.ptx.verify.SpecialRegister register, int component, int slot) {}

    private final String entryName;
    private final Step[] code;
    private final Step[] fused;
    private final int[] spans;
    private final Slots slots;
    private final List<SpecialSlot> specials;
    private final int localBytes;
    private final int staticSharedBytes;
    private final SharedLayout sharedLayout;
    private final byte[] constants;
    private final int memorySites;
    private final int[] straightRuns;
    private final int[] clearedInts;
    private final int[] clearedFloats;
    private final int[] clearedLongs;
    private final int[] clearedDoubles;

    Program(
            String entryName,
            Step[] code,
            Slots slots,
            List<SpecialSlot> specials,
            int localBytes,
            SharedLayout sharedLayout,
            byte[] constants) {
        this.entryName = entryName;
        this.code = code;
        this.fused = Fusion.of(code);
        this.spans = new int[code.length];
        for (int pc = 0; pc < code.length; pc++) {
            spans[pc] = fused[pc] instanceof FusedStep several ? several.span() : 1;
        }
        this.slots = slots;
        this.specials = List.copyOf(specials);
        this.localBytes = localBytes;
        this.staticSharedBytes = sharedLayout.staticBytes();
        this.sharedLayout = sharedLayout;
        this.constants = constants;
        this.clearedInts = cleared(Bank.INT, intSlots());
        this.clearedFloats = cleared(Bank.FLOAT, floatSlots());
        this.clearedLongs = cleared(Bank.LONG, longSlots());
        this.clearedDoubles = cleared(Bank.DOUBLE, doubleSlots());
        int sites = 0;
        for (Step step : code) {
            if (step instanceof MemoryStep access) {
                access.site(sites++);
            }
        }
        this.memorySites = sites;
        this.straightRuns = new int[code.length];
        for (int pc = code.length - 1; pc >= 0; pc--) {
            int following = pc + 1 < code.length ? straightRuns[pc + 1] : 0;
            straightRuns[pc] = code[pc].isStraight() ? following + 1 : 0;
        }
    }

    String entryName() {
        return entryName;
    }

    int memorySites() {
        return memorySites;
    }

    /** From each step on, how many in a row only compute, see {@link Step#isStraight}. */
    int[] straightRuns() {
        return straightRuns;
    }

    Step[] code() {
        return code;
    }

    /** The steps, or what they are fused to with those that follow, see {@link #spans}. */
    Step[] fused() {
        return fused;
    }

    /** How many steps each of {@link #fused} stands for. */
    int[] spans() {
        return spans;
    }

    /** Of one thread. */
    int localBytes() {
        return localBytes;
    }

    int staticSharedBytes() {
        return staticSharedBytes;
    }

    SharedLayout sharedLayout() {
        return sharedLayout;
    }

    byte[] constants() {
        return constants;
    }

    int intSlots() {
        return slots.ints().size();
    }

    int floatSlots() {
        return slots.floats().size();
    }

    int longSlots() {
        return slots.longs().size();
    }

    int doubleSlots() {
        return slots.doubles().size();
    }

    int predicateSlots() {
        return slots.predicates();
    }

    /** The lanes of a constant, or null for a register. */
    int @Nullable [] intConstant(int slot) {
        return slots.ints().get(slot);
    }

    float @Nullable [] floatConstant(int slot) {
        return slots.floats().get(slot);
    }

    long @Nullable [] longConstant(int slot) {
        return slots.longs().get(slot);
    }

    double @Nullable [] doubleConstant(int slot) {
        return slots.doubles().get(slot);
    }

    boolean isPreset(Bank bank, int index) {
        return switch (bank) {
            case INT -> intConstant(index) != null || specials.stream().anyMatch(special -> special.slot() == index);
            case FLOAT -> floatConstant(index) != null;
            case LONG -> longConstant(index) != null;
            case DOUBLE -> doubleConstant(index) != null;
            case PREDICATE -> false;
        };
    }

    /** The registers that begin as zero in each block. */
    int[] clearedInts() {
        return clearedInts;
    }

    int[] clearedFloats() {
        return clearedFloats;
    }

    int[] clearedLongs() {
        return clearedLongs;
    }

    int[] clearedDoubles() {
        return clearedDoubles;
    }

    private int[] cleared(Bank bank, int count) {
        return IntStream.range(0, count).filter(slot -> !isPreset(bank, slot)).toArray();
    }

    /** Sets the special registers: once for a warp, and again in each block those that tell blocks apart. */
    void fillSpecials(Warp warp, boolean ofBlock) {
        for (SpecialSlot special : specials) {
            boolean changes = switch (special.register()) {
                case CTAID, CLUSTERID, CLUSTER_CTAID, CLUSTER_CTARANK, SMID -> true;
                default -> false;
            };
            if (changes == ofBlock) {
                int[] lanes = warp.i[special.slot()];
                if (ofBlock) { // all that change from block to block are the same for all lanes
                    Arrays.fill(lanes, SpecialValues.of(special.register(), special.component(), warp, 0));
                    continue;
                }
                for (int lane = 0; lane < Warp.LANES; lane++) {
                    lanes[lane] = SpecialValues.of(special.register(), special.component(), warp, lane);
                }
            }
        }
    }
}
