package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of 32 lanes: registers [slot][lane], and the groups of lanes that run.
 *
 * <p>One group is current and lives in the fields {@code pc}, {@code mask} and {@code join}; the others wait in lists.
 */
public final class Warp {
    static final int LANES = 32;

    final Block block;
    final Program program;
    final int index;
    final int[][] i;
    final float[][] f;
    final long[][] l;
    final double[][] d;
    final int[] p;
    final int[] scratchInt = new int[LANES];
    final float[] scratchFloat = new float[LANES];
    final long[] scratchLong = new long[LANES];
    final double[] scratchDouble = new double[LANES];
    final long[] highLong = new long[LANES]; // upper halves of 16-byte loads
    final long[] addresses = new long[LANES];
    final int[] intBuffer = new int[4 * LANES]; // what a whole warp loads at once
    final float[] floatBuffer = new float[4 * LANES];
    final MatrixScratch matrix = new MatrixScratch();
    final AsyncCopies copies = new AsyncCopies();
    final WarpgroupProducts products = new WarpgroupProducts();
    final BulkGroups bulk = new BulkGroups();
    byte[] local;

    int pc;
    int mask;

    @Nullable
    Join join;

    int fuel;
    int unusedFuel; // of a slice that ended early
    boolean stalled; // the slice ended at a memory barrier whose phase is not complete
    int carry; // condition-code bit of each lane
    int live;
    private int present;
    private boolean hasCurrent;
    private final List<Group> groups = new ArrayList<>();

    Warp(Block block, Program program, int index) {
        this.block = block;
        this.program = program;
        this.index = index;
        this.i = new int[program.intSlots()][];
        this.f = new float[program.floatSlots()][];
        this.l = new long[program.longSlots()][];
        this.d = new double[program.doubleSlots()][];
        this.p = new int[program.predicateSlots()];
        this.local = new byte[LANES * program.localBytes()];
        for (int s = 0; s < i.length; s++) {
            int[] constant = program.intConstant(s);
            i[s] = constant != null ? constant : new int[LANES];
        }
        for (int s = 0; s < f.length; s++) {
            float[] constant = program.floatConstant(s);
            f[s] = constant != null ? constant : new float[LANES];
        }
        for (int s = 0; s < l.length; s++) {
            long[] constant = program.longConstant(s);
            l[s] = constant != null ? constant : new long[LANES];
        }
        for (int s = 0; s < d.length; s++) {
            double[] constant = program.doubleConstant(s);
            d[s] = constant != null ? constant : new double[LANES];
        }
        program.fillSpecials(this, false);
    }

    /** Makes ready for a new block: {@code lanes} threads at the first instruction, registers zero. */
    void start(int lanes) {
        for (int slot : program.clearedInts()) {
            Arrays.fill(i[slot], 0);
        }
        for (int slot : program.clearedFloats()) {
            Arrays.fill(f[slot], 0);
        }
        for (int slot : program.clearedLongs()) {
            Arrays.fill(l[slot], 0);
        }
        for (int slot : program.clearedDoubles()) {
            Arrays.fill(d[slot], 0);
        }
        Arrays.fill(p, 0);
        program.fillSpecials(this, true);
        present = lanes == LANES ? -1 : (1 << lanes) - 1;
        live = present;
        pc = 0;
        mask = present;
        join = null;
        carry = 0;
        hasCurrent = true;
        groups.clear();
        copies.clear();
        products.clear();
        bulk.clear();
    }

    /** The number of the warp in its block. */
    public int index() {
        return index;
    }

    public Block block() {
        return block;
    }

    /** The lanes that run together now. */
    public int activeMask() {
        return mask;
    }

    /** The lanes that have not exited. */
    public int liveMask() {
        return live;
    }

    /** The lanes that the block filled. */
    public int presentMask() {
        return present;
    }

    /** The value of a predicate register. */
    public int predicate(int slot) {
        return p[slot];
    }

    /** The 32-bit register {@code slot} of a lane as bits. */
    int bits(int[] values, int lane) {
        return values[lane];
    }

    boolean isDone() {
        return live == 0;
    }

    /** Whether some group can run; makes one current if none is. */
    boolean makeRunnable() {
        if (hasCurrent) {
            return true;
        }
        for (int g = groups.size() - 1; g >= 0; g--) {
            if (groups.get(g).state == Group.State.READY) {
                resume(groups.remove(g));
                return true;
            }
        }
        return false;
    }

    private void resume(Group group) {
        pc = group.pc;
        mask = group.mask;
        join = group.join;
        hasCurrent = true;
    }

    /** The current group ends or waits; another takes its place, or the slice is over. */
    private void leave() {
        hasCurrent = false;
        if (!makeRunnable()) {
            endSlice();
        }
    }

    /** Ends the warp's turn after this step. */
    void endSlice() {
        unusedFuel += fuel;
        fuel = 0;
    }

    /** Gives others their turn: the next group of the warp, then the next warp. */
    void rotate() {
        if (hasCurrent) {
            for (int g = 0; g < groups.size(); g++) {
                if (groups.get(g).state == Group.State.READY) {
                    Group next = groups.remove(g);
                    groups.add(new Group(pc, mask, join));
                    resume(next);
                    return;
                }
            }
        }
    }

    /** Parts from the lanes in {@code taken}, which go to {@code target}; both meet at {@code joinPc} if that is set. */
    void diverge(int taken, int target, int joinPc) {
        Join meeting = join;
        if (joinPc >= 0 && (meeting == null || meeting.pc != joinPc)) {
            meeting = new Join(joinPc, mask, meeting);
        }
        groups.add(new Group(target, taken, meeting));
        mask &= ~taken;
        join = meeting;
    }

    /** Waits at a join until the other lanes come; {@code here} is the join's own program counter. */
    void meet(int here) {
        while (join != null && join.pc == here) {
            Join meeting = join;
            meeting.arrived |= mask;
            if (meeting.arrived != meeting.expected) {
                leave();
                return;
            }
            mask = meeting.expected;
            join = meeting.parent;
        }
    }

    /** Ends the lanes in {@code lanes}, which are active. */
    void exit(int lanes) {
        live &= ~lanes;
        mask &= ~lanes;
        for (Join meeting = join; meeting != null; meeting = meeting.parent) {
            meeting.expected &= ~lanes;
            if (meeting.expected != 0 && meeting.arrived == meeting.expected) {
                groups.add(new Group(meeting.pc, meeting.expected, meeting.parent));
                meeting.expected = 0;
                meeting.arrived = 0;
            }
        }
        for (Group group : groups) { // the missing lanes may have been these
            if (group.state == Group.State.AT_WARP_SYNC) {
                group.state = Group.State.READY;
                group.pc = group.waitingPc;
            }
        }
        if (mask == 0) {
            leave();
        }
    }

    /**
     * Lets lanes go that wait at a join for others that may in turn wait for them. Needed only for progress; lanes that
     * part for good still meet at warp-wide instructions.
     */
    void releaseJoins() {
        for (Join meeting = join; meeting != null; meeting = meeting.parent) {
            if (meeting.arrived != 0) {
                groups.add(0, new Group(meeting.pc + 1, meeting.arrived, outside(meeting)));
                meeting.expected &= ~meeting.arrived;
                meeting.arrived = 0;
            }
        }
    }

    private static @Nullable Join outside(Join meeting) {
        Join outer = meeting.parent;
        while (outer != null && outer.pc == meeting.pc) {
            outer = outer.parent;
        }
        return outer;
    }

    /**
     * The lanes with which a warp-wide instruction executes now, 0 if the group has to wait for more.
     *
     * @param lanes that execute it
     * @param members the instruction's member mask
     */
    int gather(int lanes, int members, Step step) {
        if ((lanes & ~members) != 0) {
            throw fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    lanes & ~members,
                    "executes a warp-wide instruction without being in its member mask 0x"
                            + Integer.toHexString(members));
        }
        int needed = members & live;
        int here = pc - 1;
        int gathered = lanes;
        for (Group group : groups) {
            if (group.state == Group.State.AT_WARP_SYNC && group.waitingPc == here && group.memberMask == members) {
                gathered |= group.mask;
            }
        }
        if ((gathered & needed) == needed) {
            for (int g = groups.size() - 1; g >= 0; g--) {
                Group group = groups.get(g);
                if (group.state == Group.State.AT_WARP_SYNC && group.waitingPc == here && group.memberMask == members) {
                    group.state = Group.State.READY;
                    if (group.join == join) { // they go on together
                        mask |= group.mask;
                        groups.remove(g);
                    }
                }
            }
            return gathered;
        }
        Group waiting = split(lanes, Group.State.AT_WARP_SYNC);
        waiting.memberMask = members;
        leaveIfEmpty();
        return 0;
    }

    /** Makes {@code lanes} of the current group wait at the instruction just fetched. */
    Group split(int lanes, Group.State state) {
        Group waiting = new Group(pc, lanes, join);
        waiting.state = state;
        waiting.waitingPc = pc - 1;
        groups.add(waiting);
        mask &= ~lanes;
        return waiting;
    }

    void leaveIfEmpty() {
        if (mask == 0) {
            leave();
        }
    }

    List<Group> groups() {
        return groups;
    }

    boolean hasCurrent() {
        return hasCurrent;
    }

    /** How many groups of lanes are apart: 1 if the warp has not diverged. */
    public int groupCount() {
        return groups.size() + (hasCurrent ? 1 : 0);
    }

    int[] out(int[] destination, int lanes) {
        return lanes == -1 ? destination : scratchInt;
    }

    float[] out(float[] destination, int lanes) {
        return lanes == -1 ? destination : scratchFloat;
    }

    long[] out(long[] destination, int lanes) {
        return lanes == -1 ? destination : scratchLong;
    }

    double[] out(double[] destination, int lanes) {
        return lanes == -1 ? destination : scratchDouble;
    }

    void blend(int[] destination, int lanes) {
        for (int lane = 0; lane < LANES; lane++) {
            if ((lanes >>> lane & 1) != 0) {
                destination[lane] = scratchInt[lane];
            }
        }
    }

    void blend(float[] destination, int lanes) {
        for (int lane = 0; lane < LANES; lane++) {
            if ((lanes >>> lane & 1) != 0) {
                destination[lane] = scratchFloat[lane];
            }
        }
    }

    void blend(long[] destination, int lanes) {
        for (int lane = 0; lane < LANES; lane++) {
            if ((lanes >>> lane & 1) != 0) {
                destination[lane] = scratchLong[lane];
            }
        }
    }

    void blend(double[] destination, int lanes) {
        for (int lane = 0; lane < LANES; lane++) {
            if ((lanes >>> lane & 1) != 0) {
                destination[lane] = scratchDouble[lane];
            }
        }
    }

    /** A fault of the lowest lane in {@code lanes}; the message names thread, block, line and instruction. */
    PtxFault fault(PtxFault.Kind kind, @Nullable Step step, int lanes, String what) {
        int lane = Integer.numberOfTrailingZeros(lanes);
        int thread = index * LANES + lane;
        String place = step == null || step.line() == 0 ? "" : " at line " + step.line() + ": " + step.text();
        return new PtxFault(
                kind,
                step == null ? 0 : step.line(),
                program.entryName() + ": thread " + block.blockSize().describe(thread) + " (warp " + index + " lane "
                        + lane + ") of block " + block.gridSize().describe(block.index()) + " " + what + place);
    }
}
