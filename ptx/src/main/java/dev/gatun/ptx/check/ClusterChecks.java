package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.AsyncAccess;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher.Access;
import dev.gatun.ptx.verify.Operation;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is checked of one cluster on its way: order, races, memory barriers, lifetimes. */
final class ClusterChecks {
    final ClusterOrder order;
    final SharedRaces races;
    final MemoryBarrierStarts starts;
    final ClusterLifetime lifetime;

    /** Those of the cluster that {@code block} begins; {@code before} were those of the last one of the same shape. */
    ClusterChecks(Findings findings, Set<Check> checks, Block block, @Nullable ClusterChecks before) {
        order = new ClusterOrder(block.cluster(), block.warpCount());
        races = new SharedRaces(findings, checks, order, block, before == null ? null : before.races);
        starts = new MemoryBarrierStarts(findings, checks, order);
        lifetime = new ClusterLifetime(findings, checks, order, block);
    }

    void step(Warp warp, Step step, int mask) {
        Operation operation = step.operation();
        if (mask == 0 || operation == null || !operation.opcode().equals("fence")) {
            return;
        }
        if (operation.has("proxy") && operation.has("async")) {
            order.proxyFence(warp);
        } else if (operation.has("mbarrier_init")) {
            starts.fence(warp);
        }
    }

    void remoteAccess(Warp warp, Step step, Block owner, Access access, int mask, long[] at, int byteCount) {
        lifetime.reaches(warp, step, owner, Integer.numberOfTrailingZeros(mask));
        races.access(warp, step, owner, access, mask, at, byteCount);
    }

    void memoryBarrierArrives(Warp warp, Step step, Block owner, int address, int mask) {
        starts.used(warp, step, owner, address, mask);
        if (owner != warp.block()) {
            lifetime.reaches(warp, step, owner, Integer.numberOfTrailingZeros(mask));
        }
        order.memoryBarrierArrives(warp, owner, address);
    }

    void asyncBegins(AsyncAccess access) {
        starts.usedBy(access);
        lifetime.asyncBegins(access);
        races.asyncBegins(access);
    }

    void asyncEnds(AsyncAccess access) {
        lifetime.asyncEnds(access);
        races.asyncEnds(access, order.asyncEnds(access));
    }
}
