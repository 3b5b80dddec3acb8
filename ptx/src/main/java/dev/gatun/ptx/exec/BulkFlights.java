package dev.gatun.ptx.exec;

import java.util.ArrayList;
import java.util.List;

/** The bulk copies of a cluster that complete at memory barriers and have not landed. */
final class BulkFlights {
    private final List<BulkCopy> copies = new ArrayList<>();

    void clear() {
        copies.clear();
    }

    void add(BulkCopy copy) {
        copies.add(copy);
    }

    /** Lands one copy that completes at the memory barrier; false if there is none. Which one first is up to the order. */
    boolean land(Block block, int address, Order order) {
        for (int n = 0; n < copies.size(); n++) {
            int at = order == Order.REVERSE ? copies.size() - 1 - n : n;
            if (copies.get(at).completesAt(block, address)) {
                copies.remove(at).land(true);
                return true;
            }
        }
        return false;
    }

    /** What is still under way, for the report of a deadlock. */
    String report() {
        StringBuilder text = new StringBuilder();
        copies.forEach(copy -> text.append("\n  bulk copy under way: ").append(copy));
        return text.toString();
    }
}
