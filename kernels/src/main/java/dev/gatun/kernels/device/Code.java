package dev.gatun.kernels.device;

import java.util.Map;

/** PTX text that a device has loaded. */
public final class Code {
    private final Map<String, Entry> entries;

    Code(Map<String, Entry> entries) {
        this.entries = Map.copyOf(entries);
    }

    /**
     * The kernel called {@code name}.
     *
     * @throws IllegalArgumentException naming the entries there are
     */
    public Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no entry '" + name + "' in the code; it has " + entries.keySet());
        }
        return entry;
    }
}
