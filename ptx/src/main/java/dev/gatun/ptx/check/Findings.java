package dev.gatun.ptx.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects findings; those of the same kind at the same two lines count as one. */
final class Findings {
    private record Key(Check check, String kind, int first, int then) {}

    private final Map<Key, Finding> findings = new LinkedHashMap<>();

    /** Whether a finding at these lines is known; counts it if so. Saves making the texts again. */
    boolean repeat(Check check, String kind, int first, int then) {
        Key key = new Key(check, kind, first, then);
        Finding known = findings.get(key);
        if (known != null) {
            findings.put(key, known.again());
        }
        return known != null;
    }

    void add(Check check, String kind, String what, @Nullable Place first, Place then, String hint) {
        Key key = new Key(check, kind, first == null ? 0 : first.line(), then.line());
        findings.put(key, new Finding(check, kind, what, first, then, hint, 1));
    }

    List<Finding> list() {
        return List.copyOf(findings.values());
    }
}
