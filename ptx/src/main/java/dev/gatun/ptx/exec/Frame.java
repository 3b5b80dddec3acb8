package dev.gatun.ptx.exec;

import dev.gatun.ptx.verify.Routine;
import dev.gatun.ptx.verify.Symbol;
import java.util.HashMap;
import java.util.Map;

/** One expansion of a routine: where its registers, local variables and labels are. */
final class Frame {
    final Bank[] banks;
    final int[] slots;
    final Label[] labels;
    final Map<Symbol, Integer> locals = new HashMap<>();
    final Label end = new Label();

    Frame(Routine routine) {
        banks = HomeBanks.of(routine);
        slots = new int[banks.length];
        java.util.Arrays.fill(slots, -1);
        labels = new Label[routine.labels().size()];
        for (int n = 0; n < labels.length; n++) {
            labels[n] = new Label();
        }
    }
}
