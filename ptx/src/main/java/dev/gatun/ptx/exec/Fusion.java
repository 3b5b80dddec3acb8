package dev.gatun.ptx.exec;

/**
 * Joins neighbouring steps into one that takes each lane through all of them: what the products of a decoder live on.
 *
 * <p>Lanes do not see each other's registers in such steps, so the order "lane by lane" gives the bits of the order
 * "instruction by instruction".
 */
final class Fusion {
    private Fusion() {}

    /** For each step of {@code code} the fused one that begins there, or the step itself. */
    static Step[] of(Step[] code) {
        Step[] fused = code.clone();
        for (int pc = 0; pc < code.length; pc++) {
            FusedStep found = MultiplyAddChain.at(code, pc);
            if (found == null) {
                found = UnpackCode.at(code, pc);
            }
            if (found != null) {
                fused[pc] = found;
            }
        }
        return fused;
    }
}
