package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxSyntaxException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The targets there are, and the version of PTX that brought each (PTX ISA, "Release Notes"). */
final class Targets {
    private static final Set<String> MODES = Set.of("debug", "texmode_unified", "texmode_independent");
    private static final Map<String, Integer> SINCE = new HashMap<>();

    static {
        since(60, "sm_30", "sm_32", "sm_35", "sm_37", "sm_50", "sm_52", "sm_53", "sm_60", "sm_61", "sm_62", "sm_70");
        since(61, "sm_72");
        since(63, "sm_75");
        since(70, "sm_80");
        since(71, "sm_86");
        since(74, "sm_87");
        since(78, "sm_89", "sm_90");
        since(80, "sm_90a");
        since(86, "sm_100", "sm_100a", "sm_101", "sm_101a");
        since(87, "sm_120", "sm_120a");
        since(88, "sm_100f", "sm_101f", "sm_103", "sm_103a", "sm_103f", "sm_120f", "sm_121", "sm_121a", "sm_121f");
        since(90, "sm_88", "sm_110", "sm_110a", "sm_110f");
    }

    private Targets() {}

    private static void since(int version, String... targets) {
        for (String target : targets) {
            SINCE.put(target, version);
        }
    }

    /** Refuses what is no target, and a target newer than {@code version} (tenfold). */
    static void check(String target, int version, Position position) {
        if (MODES.contains(target)) {
            return;
        }
        Integer since = SINCE.get(target);
        if (since == null) {
            throw new PtxSyntaxException(position, "unknown target '" + target + "'");
        }
        if (since > version) {
            throw new PtxSyntaxException(
                    position,
                    target + " needs .version " + since / 10 + "." + since % 10 + " or newer (the module has "
                            + version / 10 + "." + version % 10 + ")");
        }
    }
}
