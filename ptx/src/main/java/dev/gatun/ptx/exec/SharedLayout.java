package dev.gatun.ptx.exec;

import dev.gatun.ptx.verify.Symbol;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where the shared variables of an entry lie: the static ones first, then all open arrays at one place. */
final class SharedLayout {
    private final Map<Symbol, Integer> offsets = new LinkedHashMap<>();
    private int staticBytes;

    void place(Symbol symbol) {
        if (!symbol.variable().isOpen() && !offsets.containsKey(symbol)) {
            int alignment = symbol.variable().alignment();
            staticBytes = (staticBytes + alignment - 1) & -alignment;
            offsets.put(symbol, staticBytes);
            staticBytes += Math.toIntExact(symbol.variable().byteSize());
        }
    }

    int staticBytes() {
        return staticBytes;
    }

    /** Where dynamic shared memory begins. */
    int dynamicOffset() {
        return (staticBytes + 15) & -16;
    }

    int offset(Symbol symbol) {
        Integer offset = offsets.get(symbol);
        return offset == null ? dynamicOffset() : offset;
    }

    /** The variable at an address and the offset in it, for messages. */
    String describe(long address) {
        for (Map.Entry<Symbol, Integer> variable : offsets.entrySet()) {
            long offset = address - variable.getValue();
            if (offset >= 0 && offset < variable.getKey().variable().byteSize()) {
                return variable.getKey() + "+0x" + Long.toHexString(offset);
            }
        }
        return "dynamic+0x" + Long.toHexString(address - dynamicOffset());
    }
}
