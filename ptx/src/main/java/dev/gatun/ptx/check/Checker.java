package dev.gatun.ptx.check;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.exec.AsyncAccess;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Cluster;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
    private final GlobalRaces global;
    private final GridDependency dependency;
    private final IdentityHashMap<Block, BlockChecks> blocks = new IdentityHashMap<>();
    private final IdentityHashMap<Cluster, ClusterChecks> clusters = new IdentityHashMap<>();
    private @Nullable Block lastBlock; // most events are of the block of the event before
    private @Nullable BlockChecks lastChecks;

    /** What is checked of one block on its way. */
    private record BlockChecks(
            Initialisation initialisation,
            AbsentLanes absentLanes,
            WarpgroupRegisters warpgroups,
            ClusterChecks cluster) {}

    private Checker(Set<Check> checks) {
        this.checks = checks;
        this.global = new GlobalRaces(findings, checks.contains(Check.GLOBAL_RACE), checks.contains(Check.READ_ONLY));
        this.dependency = new GridDependency(findings);
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

    private boolean checksGlobal() {
        return checks.contains(Check.GLOBAL_RACE) || checks.contains(Check.READ_ONLY);
    }

    private BlockChecks of(Block block) {
        if (block != lastBlock || lastChecks == null) {
            lastBlock = block;
            lastChecks = Objects.requireNonNull(blocks.get(block));
        }
        return lastChecks;
    }

    private ClusterChecks cluster(Warp warp) {
        return of(warp.block()).cluster();
    }

    @Override
    public void launchStarts(Launch launch) {
        blocks.clear();
        clusters.clear();
        lastBlock = null;
        global.launchStarts();
        dependency.launchStarts(launch);
    }

    @Override
    public void blockStarts(Block block) {
        if (block.rank() == 0) { // the first of its cluster
            Cluster cluster = block.cluster();
            clusters.put(cluster, new ClusterChecks(findings, checks, block, clusters.get(cluster)));
        }
        BlockChecks before = blocks.get(block);
        Initialisation initialisation = before == null ? new Initialisation(findings) : before.initialisation();
        AbsentLanes absentLanes = before == null ? new AbsentLanes(findings) : before.absentLanes();
        WarpgroupRegisters warpgroups = before == null ? new WarpgroupRegisters(findings) : before.warpgroups();
        if (before == null) {
            warpgroups.launchStarts(block.launch());
            initialisation.launchStarts(block.launch());
            absentLanes.launchStarts(block.launch());
        }
        initialisation.blockStarts(block);
        absentLanes.blockStarts(block);
        warpgroups.blockStarts(block.warpCount());
        dependency.blockStarts(block);
        ClusterChecks cluster = Objects.requireNonNull(clusters.get(block.cluster()));
        blocks.put(block, new BlockChecks(initialisation, absentLanes, warpgroups, cluster));
        lastBlock = null;
    }

    @Override
    public void blockEnds(Block block) {
        of(block).cluster().lifetime.blockEnds(block);
    }

    @Override
    public void step(Warp warp, Step step, int mask) {
        BlockChecks block = of(warp.block());
        if (checks.contains(Check.INIT)) {
            block.initialisation().step(warp, step, mask);
        }
        block.absentLanes().step(warp, step, mask);
        block.cluster().step(warp, step, mask);
        dependency.step(warp, step, mask);
        if (checks.contains(Check.WARPGROUP)) {
            block.warpgroups().step(warp, step, mask);
        }
    }

    @Override
    public void access(
            Warp warp, Step step, StateSpace space, Access access, int mask, long[] addresses, int byteCount) {
        if (space == StateSpace.SHARED && checksShared()) {
            cluster(warp).races.access(warp, step, warp.block(), access, mask, addresses, byteCount);
        } else if (space == StateSpace.GLOBAL && checksGlobal()) {
            global.access(warp, step, access, mask, addresses, byteCount);
        }
        if (space == StateSpace.GLOBAL && checks.contains(Check.GRID_DEPENDENCY)) {
            dependency.access(warp, step, access, mask, addresses, byteCount);
        }
        if (checks.contains(Check.INIT) && (space == StateSpace.SHARED || space == StateSpace.LOCAL)) {
            of(warp.block()).initialisation().access(warp, step, space, access, mask, addresses, byteCount);
        }
    }

    private boolean checksShared() {
        return checks.contains(Check.SHARED_RACE)
                || checks.contains(Check.WARP_SYNC)
                || checks.contains(Check.ASYNC_PROXY);
    }

    @Override
    public void remoteAccess(
            Warp warp, Step step, Block owner, Access access, int mask, long[] addresses, int byteCount) {
        cluster(warp).remoteAccess(warp, step, owner, access, mask, addresses, byteCount);
        if (checks.contains(Check.INIT)) {
            of(owner).initialisation().access(warp, step, StateSpace.SHARED, access, mask, addresses, byteCount);
        }
    }

    @Override
    public void asyncBegins(AsyncAccess access) {
        cluster(access.warp()).asyncBegins(access);
        if (checks.contains(Check.INIT) && !access.writes()) {
            of(access.owner()).initialisation().access(access);
        }
    }

    @Override
    public void asyncEnds(AsyncAccess access) {
        cluster(access.warp()).asyncEnds(access);
        if (checks.contains(Check.INIT) && access.writes()) {
            of(access.owner()).initialisation().access(access);
        }
    }

    @Override
    public void barrierArrives(Warp warp, Step step, int number, int mask, boolean waits) {
        cluster(warp).order.barrierArrives(warp, number, waits);
        if (checks.contains(Check.BARRIER)) {
            BarrierDivergence.check(findings, warp, step, number, mask);
        }
    }

    @Override
    public void barrierCompletes(Block block, int number) {
        of(block).cluster().order.barrierCompletes(block, number);
        dependency.barrierCompletes(block);
    }

    @Override
    public void warpSynchronizes(Warp warp, Step step, int mask) {
        cluster(warp).order.warpSynchronizes(warp);
        dependency.warpSynchronizes(warp, mask);
    }

    @Override
    public void shuffles(Warp warp, Step step, int mask, int[] sourceLanes) {
        if (checks.contains(Check.SHUFFLE)) {
            of(warp.block()).absentLanes().shuffles(warp, step, mask, sourceLanes);
        }
    }

    @Override
    public void memoryBarrierChanges(Warp warp, Step step, int address, int mask) {
        cluster(warp).starts.changes(warp, step, address, mask);
    }

    @Override
    public void memoryBarrierArrives(Warp warp, Step step, int address, int mask) {
        cluster(warp).memoryBarrierArrives(warp, step, warp.block(), address, mask);
    }

    @Override
    public void remoteBarrierArrives(Warp warp, Step step, Block owner, int address, int mask) {
        cluster(warp).memoryBarrierArrives(warp, step, owner, address, mask);
        global.meets(warp.block().index(), key(owner, address));
    }

    @Override
    public void memoryBarrierPasses(Warp warp, Step step, int address, int mask) {
        cluster(warp).order.memoryBarrierPasses(warp, address);
        if (warp.block().cluster().blockCount() > 1) {
            global.meets(warp.block().index(), key(warp.block(), address));
        }
    }

    /** A number for a place in a block's shared memory; address 0xFFFFFF is that of its cluster's barrier. */
    private static long key(Block block, int address) {
        return block.index() << 24 | address;
    }

    @Override
    public void clusterBarrierArrives(Warp warp, Step step, int mask, boolean orders) {
        cluster(warp).order.clusterBarrierArrives(warp, orders);
        if (orders) {
            global.meets(warp.block().index(), key(warp.block().cluster().block(0), 0xFFFFFF));
        }
        if (checks.contains(Check.BARRIER)) {
            BarrierDivergence.check(findings, warp, step, BarrierDivergence.OF_CLUSTER, mask);
        }
    }

    @Override
    public void clusterBarrierWaits(Warp warp, Step step, int mask) {
        cluster(warp).order.clusterBarrierWaits(warp);
        if (checks.contains(Check.BARRIER)) {
            BarrierDivergence.check(findings, warp, step, BarrierDivergence.OF_CLUSTER, mask);
        }
    }

    @Override
    public void clusterBarrierCompletes(Cluster cluster) {
        Objects.requireNonNull(clusters.get(cluster)).order.clusterBarrierCompletes();
        for (int rank = 0; rank < cluster.blockCount(); rank++) {
            global.meets(cluster.block(rank).index(), key(cluster.block(0), 0xFFFFFF));
        }
    }
}
