package dev.gatun.ptx.exec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An entry, linked: its steps, how many registers of each bank a warp needs, and its memory layout. */
final class Program {
    /** A special register that differs from warp to warp or block to block, and the int slot that holds it. */
    record SpecialSlot(dev.gatun.ptx.verify.SpecialRegister register, int component, int slot) {}

    private final String entryName;
    private final Step[] code;
    private final Slots slots;
    private final List<SpecialSlot> specials;
    private final int localBytes;
    private final int staticSharedBytes;
    private final SharedLayout sharedLayout;
    private final byte[] constants;

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
        this.slots = slots;
        this.specials = List.copyOf(specials);
        this.localBytes = localBytes;
        this.staticSharedBytes = sharedLayout.staticBytes();
        this.sharedLayout = sharedLayout;
        this.constants = constants;
    }

    String entryName() {
        return entryName;
    }

    Step[] code() {
        return code;
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

    void fillSpecials(Warp warp) {
        for (SpecialSlot special : specials) {
            int[] lanes = warp.i[special.slot()];
            for (int lane = 0; lane < Warp.LANES; lane++) {
                lanes[lane] = SpecialValues.of(special.register(), special.component(), warp, lane);
            }
        }
    }
}
