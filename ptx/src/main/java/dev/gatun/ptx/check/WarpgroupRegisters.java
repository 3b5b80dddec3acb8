package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.Bank;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.Operation;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The order that {@code wgmma} wants of registers (PTX ISA, "wgmma.fence" and "wgmma.wait_group").
 *
 * <p>From the issue of a product to its wait, nobody may touch its sums nor write its A, but a product of the same shape
 * with the same sums. {@code wgmma.fence} must stand before the first product and between other accesses to a register and
 * the product that uses it.
 */
final class WarpgroupRegisters {
    private static final int BANKS = 2; // of 32 bits: INT and FLOAT

    /** A product between its issue and its wait. */
    private record Pending(Step step, String shape, int group) {}

    /** What one warp has done. */
    private static final class History {
        final @Nullable Step[][] touched = new Step[BANKS][]; // since the last fence
        final @Nullable Pending[][] sums = new Pending[BANKS][];
        final @Nullable Pending[][] factors = new Pending[BANKS][];
        final ArrayDeque<Pending> issued = new ArrayDeque<>();
        boolean fenced;
        int openGroup;

        History(int[] slots) {
            for (int bank = 0; bank < BANKS; bank++) {
                touched[bank] = new Step[slots[bank]];
                sums[bank] = new Pending[slots[bank]];
                factors[bank] = new Pending[slots[bank]];
            }
        }
    }

    private final Findings findings;
    private int[] slots = {};
    private @Nullable History[] histories = {}; // by warp, from its first instruction of a warpgroup on

    WarpgroupRegisters(Findings findings) {
        this.findings = findings;
    }

    void launchStarts(Launch launch) {
        slots = new int[] {launch.slotCount(Bank.INT), launch.slotCount(Bank.FLOAT)};
    }

    void blockStarts(int warpCount) {
        histories = new History[warpCount];
    }

    void step(Warp warp, Step step, int mask) {
        Operation operation = step.operation();
        History history = histories[warp.index()];
        Operation ours = operation != null && operation.opcode().equals("wgmma") ? operation : null;
        if (mask == 0 || (history == null && ours == null)) {
            return;
        }
        if (history == null) {
            history = new History(slots);
            histories[warp.index()] = history;
        }
        if (ours == null) {
            ordinary(history, warp, step, mask);
        } else if (ours.has("mma_async")) {
            product(history, warp, step, ours);
        } else if (ours.has("fence")) {
            history.fenced = true;
            for (@Nullable Step[] bank : history.touched) {
                java.util.Arrays.fill(bank, null);
            }
        } else if (ours.has("commit_group")) {
            history.openGroup++;
        } else {
            long pending = ((Argument.Constant) ours.argument(0)).bits();
            complete(history, history.openGroup - pending);
        }
    }

    private static void complete(History history, long before) {
        while (!history.issued.isEmpty() && history.issued.element().group < before) {
            history.issued.remove();
        }
        int oldest = history.issued.isEmpty() ? Integer.MAX_VALUE : history.issued.element().group;
        for (int bank = 0; bank < BANKS; bank++) {
            forget(history.sums[bank], oldest);
            forget(history.factors[bank], oldest);
        }
    }

    private static void forget(@Nullable Pending[] products, int oldest) {
        for (int slot = 0; slot < products.length; slot++) {
            Pending product = products[slot];
            products[slot] = product == null || product.group < oldest ? null : product;
        }
    }

    private void ordinary(History history, Warp warp, Step step, int mask) {
        Pending copied = null;
        for (int source : step.sources()) {
            int bank = Bank.bankOf(source);
            if (bank < BANKS) {
                int slot = Bank.indexOf(source);
                Pending product = history.sums[bank][slot];
                if (product != null && step.operation() == null) {
                    copied = product; // the machine's own copy for the instruction that follows, which will be named
                } else if (product != null) {
                    report(
                            warp,
                            step,
                            mask,
                            "read",
                            "a sum of a wgmma that was not waited for",
                            product.step,
                            waits(step));
                }
                history.touched[bank][slot] = step;
            }
        }
        for (int destination : step.destinations()) {
            int bank = Bank.bankOf(destination);
            if (bank < BANKS) {
                int slot = Bank.indexOf(destination);
                Pending product =
                        history.sums[bank][slot] == null ? history.factors[bank][slot] : history.sums[bank][slot];
                if (product != null && step.operation() != null) {
                    report(warp, step, mask, "write", "a register of a wgmma in flight", product.step, waits(step));
                }
                if (copied != null) {
                    history.sums[bank][slot] = copied;
                }
                history.touched[bank][slot] = step;
            }
        }
    }

    private static String waits(Step step) {
        return "wgmma.commit_group and wgmma.wait_group before line " + step.line();
    }

    private void product(History history, Warp warp, Step step, Operation operation) {
        String fence = "wgmma.fence before line " + step.line();
        Pending now = new Pending(step, operation.word("X"), history.openGroup);
        if (!history.fenced) {
            history.fenced = true;
            report(warp, step, -1, "fence", "the first product of the warp", null, fence);
        }
        for (int source : step.sources()) {
            int bank = Bank.bankOf(source);
            if (bank < BANKS) {
                int slot = Bank.indexOf(source);
                unfenced(history, warp, step, bank, slot, fence);
                Pending earlier = history.sums[bank][slot];
                if (earlier != null) {
                    report(warp, step, -1, "read", "a sum of a wgmma in flight as A", earlier.step, waits(step));
                }
                history.factors[bank][slot] = now;
            }
        }
        for (int destination : step.destinations()) {
            int bank = Bank.bankOf(destination);
            int slot = Bank.indexOf(destination);
            unfenced(history, warp, step, bank, slot, fence);
            Pending earlier = history.sums[bank][slot];
            if (earlier != null && !earlier.shape.equals(now.shape)) {
                report(
                        warp,
                        step,
                        -1,
                        "shape",
                        "sums of a wgmma in flight of another shape",
                        earlier.step,
                        waits(step));
            }
            if (history.factors[bank][slot] != null && !now.equals(history.factors[bank][slot])) {
                report(
                        warp,
                        step,
                        -1,
                        "write",
                        "A of a wgmma in flight as sums",
                        history.factors[bank][slot].step,
                        waits(step));
            }
            history.sums[bank][slot] = now;
        }
        history.issued.add(now);
    }

    private void unfenced(History history, Warp warp, Step step, int bank, int slot, String hint) {
        Step earlier = history.touched[bank][slot];
        if (earlier != null) {
            history.touched[bank][slot] = null;
            report(warp, step, -1, "fence", "a register that was accessed since the last wgmma.fence", earlier, hint);
        }
    }

    private void report(Warp warp, Step step, int mask, String kind, String what, @Nullable Step earlier, String hint) {
        int lane = Integer.numberOfTrailingZeros(mask);
        if (!findings.repeat(Check.WARPGROUP, kind, earlier == null ? 0 : earlier.line(), step.line())) {
            Place first = earlier == null ? null : Place.of(earlier, warp, lane);
            findings.add(Check.WARPGROUP, kind, what, first, Place.of(step, warp, lane), hint);
        }
    }
}
