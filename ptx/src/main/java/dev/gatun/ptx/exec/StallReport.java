package dev.gatun.ptx.exec;

/** Says for each warp of a block where its lanes are and what they wait for. */
final class StallReport {
    private StallReport() {}

    static String of(Block block) {
        StringBuilder report = new StringBuilder("  block " + block.gridSize().describe(block.index()));
        for (Warp warp : block.warps()) {
            if (warp.isDone()) {
                report.append("\n  warp ").append(warp.index).append(": exited");
                continue;
            }
            int shown = 0;
            if (warp.hasCurrent()) {
                line(report, warp, warp.mask, "runs", warp.pc);
                shown |= warp.mask;
            }
            for (Group group : warp.groups()) {
                shown |= group.mask;
                switch (group.state) {
                    case READY -> line(report, warp, group.mask, "is ready", group.pc);
                    case AT_WARP_SYNC ->
                        line(
                                report,
                                warp,
                                group.mask,
                                "waits for lanes 0x" + Integer.toHexString(group.memberMask & warp.live & ~group.mask)
                                        + " to come",
                                group.waitingPc);
                    case AT_BARRIER ->
                        line(
                                report,
                                warp,
                                group.mask,
                                "waits at barrier " + group.barrier + " for "
                                        + block.barrier(group.barrier).describe(block.warps()),
                                group.waitingPc);
                    case AT_CLUSTER_BARRIER ->
                        line(
                                report,
                                warp,
                                group.mask,
                                "waits at the barrier of the cluster for "
                                        + block.cluster().barrier().describe(),
                                group.waitingPc);
                }
            }
            int parked = warp.live & ~shown;
            if (parked != 0) {
                report.append("\n  warp ")
                        .append(warp.index)
                        .append(" lanes 0x")
                        .append(Integer.toHexString(parked));
                report.append(": wait to reconverge with the lanes above");
            }
        }
        block.memoryBarriers.forEach((address, barrier) -> report.append("\n  mbarrier at shared+0x")
                .append(Integer.toHexString(address))
                .append(": ")
                .append(barrier));
        return report.toString();
    }

    private static void line(StringBuilder report, Warp warp, int lanes, String what, int pc) {
        Step[] code = warp.program.code();
        int at = pc;
        while (at < code.length - 1 && code[at].line() == 0) {
            at++;
        }
        report.append("\n  warp ").append(warp.index).append(" lanes 0x").append(Integer.toHexString(lanes));
        report.append(": ")
                .append(what)
                .append(" at line ")
                .append(code[at].line())
                .append(": ")
                .append(code[at].text());
    }
}
