package dev.gatun.ptx.check;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Watches launches for the chosen kinds of mistakes. Findings add up over launches.
 *
 * <pre>{@code
 * Checker checker = Checker.all();
 * machine.launch(entry, grid, block, 0, parameters, LaunchOptions.DEFAULT.withWatcher(checker));
 * checker.assertClean();
 * }</pre>
 */
public final class Checker extends Watcher {
    private final Set<Check> checks;
    private final Findings findings = new Findings();
    private final SharedRaces shared;
    private final GlobalRaces global;
    private final Initialisation initialisation;
    private final AbsentLanes absentLanes;
    private final GridDependency dependency;
    private final WarpgroupRegisters warpgroups;

    private Checker(Set<Check> checks) {
        this.checks = checks;
        this.shared = new SharedRaces(findings, checks.contains(Check.SHARED_RACE), checks.contains(Check.WARP_SYNC));
        this.global = new GlobalRaces(findings, checks.contains(Check.GLOBAL_RACE), checks.contains(Check.READ_ONLY));
        this.initialisation = new Initialisation(findings);
        this.absentLanes = new AbsentLanes(findings);
        this.dependency = new GridDependency(findings);
        this.warpgroups = new WarpgroupRegisters(findings);
    }

    public static Checker all() {
        return new Checker(EnumSet.allOf(Check.class));
    }

    public static Checker of(Check first, Check... more) {
        return new Checker(EnumSet.of(first, more));
    }

    public List<Finding> findings() {
        return findings.list();
    }

    public boolean isClean() {
        return findings.list().isEmpty();
    }

    /**
     * Throws if there is any finding.
     *
     * @throws AssertionError with the report
     */
    public void assertClean() {
        if (!isClean()) {
            throw new AssertionError(report("kernel.ptx"));
        }
    }

    /** All findings as text; {@code fileName} stands before the line numbers. */
    public String report(String fileName) {
        String body =
                findings.list().stream().map(finding -> finding.text(fileName)).collect(Collectors.joining());
        return body + "========= " + findings.list().size() + " kinds of errors\n";
    }

    /** All findings as a JSON array. */
    public String json() {
        return findings.list().stream().map(Finding::json).collect(Collectors.joining(",\n ", "[", "]"));
    }

    private boolean checksShared() {
        return checks.contains(Check.SHARED_RACE) || checks.contains(Check.WARP_SYNC);
    }

    private boolean checksGlobal() {
        return checks.contains(Check.GLOBAL_RACE) || checks.contains(Check.READ_ONLY);
    }

    @Override
    public void launchStarts(Launch launch) {
        global.launchStarts();
        initialisation.launchStarts(launch);
        absentLanes.launchStarts(launch);
        dependency.launchStarts(launch);
        warpgroups.launchStarts(launch);
    }

    @Override
    public void blockStarts(Block block) {
        shared.blockStarts(block);
        initialisation.blockStarts(block);
        absentLanes.blockStarts(block);
        dependency.blockStarts(block);
        warpgroups.blockStarts(block.warpCount());
    }

    @Override
    public void step(Warp warp, Step step, int mask) {
        if (checks.contains(Check.INIT)) {
            initialisation.step(warp, step, mask);
        }
        absentLanes.step(warp, step, mask);
        dependency.step(warp, step, mask);
        if (checks.contains(Check.WARPGROUP)) {
            warpgroups.step(warp, step, mask);
        }
    }

    @Override
    public void access(
            Warp warp, Step step, StateSpace space, Access access, int mask, long[] addresses, int byteCount) {
        if (space == StateSpace.SHARED && checksShared()) {
            shared.access(warp, step, access, mask, addresses, byteCount);
        } else if (space == StateSpace.GLOBAL && checksGlobal()) {
            global.access(warp, step, access, mask, addresses, byteCount);
        }
        if (space == StateSpace.GLOBAL && checks.contains(Check.GRID_DEPENDENCY)) {
            dependency.access(warp, step, access, mask, addresses, byteCount);
        }
        if (checks.contains(Check.INIT) && (space == StateSpace.SHARED || space == StateSpace.LOCAL)) {
            initialisation.access(warp, step, space, access, mask, addresses, byteCount);
        }
    }

    @Override
    public void barrierArrives(Warp warp, Step step, int number, int mask, boolean waits) {
        shared.barrierArrives(warp, number, waits);
        if (checks.contains(Check.BARRIER)) {
            BarrierDivergence.check(findings, warp, step, number, mask);
        }
    }

    @Override
    public void barrierCompletes(Block block, int number) {
        shared.barrierCompletes(number);
        dependency.barrierCompletes();
    }

    @Override
    public void warpSynchronizes(Warp warp, Step step, int mask) {
        shared.warpSynchronizes(warp);
        dependency.warpSynchronizes(warp, mask);
    }

    @Override
    public void shuffles(Warp warp, Step step, int mask, int[] sourceLanes) {
        if (checks.contains(Check.SHUFFLE)) {
            absentLanes.shuffles(warp, step, mask, sourceLanes);
        }
    }

    @Override
    public void memoryBarrierArrives(Warp warp, Step step, int address, int mask) {
        shared.memoryBarrierArrives(warp, address);
    }

    @Override
    public void memoryBarrierPasses(Warp warp, Step step, int address, int mask) {
        shared.memoryBarrierPasses(warp, address);
    }
}
