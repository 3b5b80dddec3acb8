package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxVerifyException;

/** Rules of {@code cp.async.bulk} and its kin that the text alone can break; addresses are looked at when it runs. */
final class BulkRules {
    private static final int UNIT_BYTES = 16;

    private BulkRules() {}

    static void check(Operation operation) {
        if (operation.has("tensor") || operation.arguments().size() < 2) {
            return;
        }
        int size = operation.has("prefetch") ? 1 : 2;
        if (operation.argument(size) instanceof Argument.Constant bytes && bytes.bits() % UNIT_BYTES != 0) {
            throw new PtxVerifyException(
                    operation.syntax().position(),
                    "a bulk copy moves a multiple of " + UNIT_BYTES + " bytes, not " + bytes.bits());
        }
    }
}
