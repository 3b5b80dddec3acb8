package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher.Access;
import dev.gatun.ptx.verify.Operation;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the grid before wrote must not be touched ahead of {@code griddepcontrol.wait}.
 *
 * <p>Only in kernels that have one: without it, a grid begins when the one before has ended. A thread has waited when it
 * executed the instruction, or met one that did at a barrier.
 */
final class GridDependency {
    private static final int CELL_SHIFT = 2;
    private static final int PAGE_SHIFT = 10;
    private static final int PAGE_CELLS = 1 << PAGE_SHIFT;

    private final Findings findings;
    private Map<Long, @Nullable Step[]> before = new HashMap<>(); // page -> the step that wrote each cell
    private Map<Long, @Nullable Step[]> written = new HashMap<>();
    private long lastPageIndex = -1; // of the page written last, which is most often written next
    private @Nullable Step[] lastPage = {};
    private String nameBefore = "";
    private String name = "";
    private boolean waits;
    private final IdentityHashMap<Block, int[]> waited = new IdentityHashMap<>(); // [warp]: lanes

    GridDependency(Findings findings) {
        this.findings = findings;
    }

    private static boolean isWait(Step step) {
        Operation operation = step.operation();
        return operation != null
                && operation.opcode().equals("griddepcontrol")
                && operation.word("M").equals("wait");
    }

    void launchStarts(Launch launch) {
        before = written;
        nameBefore = name;
        written = new HashMap<>();
        lastPageIndex = -1;
        name = launch.entryName();
        waited.clear();
        waits = launch.steps().stream().anyMatch(GridDependency::isWait);
    }

    void blockStarts(Block block) {
        waited.put(block, new int[block.warpCount()]);
    }

    void step(Warp warp, Step step, int mask) {
        if (waits && isWait(step)) {
            lanes(warp)[warp.index()] |= mask;
        }
    }

    void warpSynchronizes(Warp warp, int mask) {
        if (!waits) {
            return;
        }
        int[] lanes = lanes(warp);
        if ((lanes[warp.index()] & mask) != 0) {
            lanes[warp.index()] |= mask;
        }
    }

    void barrierCompletes(Block block) {
        boolean any = false;
        int[] ofBlock = Objects.requireNonNull(waited.get(block));
        for (int lanes : ofBlock) {
            any |= lanes != 0;
        }
        if (any) {
            Arrays.fill(ofBlock, -1);
        }
    }

    private int[] lanes(Warp warp) {
        return Objects.requireNonNull(waited.get(warp.block()));
    }

    void access(Warp warp, Step step, Access access, int mask, long[] at, int byteCount) {
        boolean isWrite = access == Access.WRITE || access == Access.ATOMIC;
        int early = waits ? mask & ~lanes(warp)[warp.index()] : 0;
        if (early == 0 && !isWrite) {
            return;
        }
        for (int lane = 0; lane < 32; lane++) {
            if (((mask >>> lane) & 1) == 0) {
                continue;
            }
            long last = (at[lane] + byteCount - 1) >> CELL_SHIFT;
            for (long cell = at[lane] >> CELL_SHIFT; cell <= last; cell++) {
                int index = (int) (cell & (PAGE_CELLS - 1));
                if (((early >>> lane) & 1) != 0) {
                    @Nullable Step[] page = before.get(cell >> PAGE_SHIFT);
                    Step writer = page == null ? null : page[index];
                    if (writer != null) {
                        report(warp, step, lane, writer, cell << CELL_SHIFT, isWrite);
                    }
                }
                if (isWrite) {
                    writtenPage(cell >> PAGE_SHIFT)[index] = step;
                }
            }
        }
    }

    private @Nullable Step[] writtenPage(long pageIndex) {
        if (pageIndex != lastPageIndex) {
            lastPage = written.computeIfAbsent(pageIndex, missing -> new Step[PAGE_CELLS]);
            lastPageIndex = pageIndex;
        }
        return lastPage;
    }

    private void report(Warp warp, Step step, int lane, Step writer, long address, boolean isWrite) {
        String kind = isWrite ? "write" : "read";
        if (!findings.repeat(Check.GRID_DEPENDENCY, kind, 0, step.line())) {
            findings.add(
                    Check.GRID_DEPENDENCY,
                    kind,
                    "global " + warp.block().launch().memory().describe(address) + ", written by line " + writer.line()
                            + " of " + nameBefore + ", the grid before",
                    null,
                    Place.of(step, warp, lane),
                    "griddepcontrol.wait before line " + step.line());
        }
    }
}
