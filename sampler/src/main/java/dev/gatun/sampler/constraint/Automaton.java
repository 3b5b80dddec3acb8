package dev.gatun.sampler.constraint;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Runs a network over bytes: a pushdown automaton that follows all ways at once, its states made when first reached. Not
 * safe for use by several threads.
 */
final class Automaton {
    /** Deeper rules are not entered: what may follow there is what needs no deeper one. */
    static final int MOST_DEPTH = 1000;

    private static final int MOST_STATES = 1 << 16;
    private static final long MOST_WORK = 20_000_000;
    private static final int STATE_WORK = 16;

    private final Network network;
    private final PairList[] callers; // [rule]: who calls it at this point
    private final BitSet pending = new BitSet(); // ranks of rules that are called at this point
    private final PairList found = new PairList();
    private final PairList unpopped = new PairList();
    private final PairList behind = new PairList();
    private int[] bytes = new int[64]; // of the edges found, low << 8 | high
    private int[] popped = new int[64]; // [frame]: the last step that went below it
    private int steps;
    private long work;
    private StateTable table = new StateTable();

    Automaton(Network network) {
        this.network = network;
        this.callers = new PairList[network.rules()];
    }

    Network network() {
        return network;
    }

    /** The state before anything is read. */
    State start() {
        found.clear();
        unpopped.clear();
        steps++;
        reach(table, Frame.pair(network.begin(0), Frame.BOTTOM));
        return take(table);
    }

    /**
     * Begins something that may take long, and forgets what is known if that is too much. What is asked next goes on from
     * the state this gives back.
     */
    State refresh(State state, int mostMasks) {
        work = 0;
        if (table.states() > MOST_STATES || table.frames() > MOST_STATES || table.masks() > mostMasks) {
            table = new StateTable();
        }
        return state.table == table || state == State.DEAD ? state : table.adopt(state, network.classes());
    }

    /** The state after one more byte of some class. */
    State next(State state, int byteClass) {
        State known = state.next[byteClass];
        return known != null ? known : step(state, byteClass);
    }

    private State step(State state, int byteClass) {
        int value = network.representative(byteClass);
        int[] edges = edges(state);
        spend(edges.length);
        unpopped.clear();
        found.clear();
        steps++;
        for (int i = 0; i < edges.length; i++) {
            if (value >= edges[i] >> 8 && value <= (edges[i] & 0xFF)) {
                reach(state.table, state.edgeItems[i]);
            }
        }
        State next = take(state.table);
        state.next[byteClass] = next;
        return next;
    }

    /** Adds an item to those found, and what follows when the rules end that end with it. */
    private void reach(StateTable states, long item) {
        unpopped.add(item);
        while (unpopped.size() > 0) {
            long at = unpopped.pop();
            int state = Frame.state(at);
            if (state == Network.ACCEPT || network.hasNext(state)) {
                found.add(at);
            }
            if (network.isFinal(state) && isFirstPop(Frame.frame(at))) {
                long[] pairs = states.frame(Frame.frame(at)).pairs;
                spend(pairs.length);
                unpopped.addAll(pairs);
            }
        }
    }

    private boolean isFirstPop(int frame) {
        if (frame >= popped.length) {
            popped = Arrays.copyOf(popped, Math.max(frame + 1, 2 * popped.length));
        }
        boolean first = popped[frame] != steps;
        popped[frame] = steps;
        return first;
    }

    private State take(StateTable states) {
        spend(found.size() + STATE_WORK);
        if (found.size() == 0) {
            return State.DEAD;
        }
        State state = states.state(found.takeSet(), network.classes());
        boolean isDeep = false;
        for (long item : state.items) {
            isDeep |= states.frame(Frame.frame(item)).depth + network.rules() > MOST_DEPTH;
        }
        return isDeep && !state.isAccepting() && edges(state).length == 0 ? State.DEAD : state;
    }

    /** The bytes that may follow, as ranges {@code low << 8 | high}; behind each, {@code edgeItems}. */
    int[] edges(State state) {
        int[] known = state.edgeBytes;
        return known != null ? known : expand(state);
    }

    private int[] expand(State state) {
        behind.clear();
        for (long item : state.items) {
            gather(state.table, Frame.state(item), Frame.frame(item));
        }
        // what a rule begins with comes after it, so all callers of the next one are known
        for (int rank = pending.nextSetBit(0); rank >= 0; rank = pending.nextSetBit(rank)) {
            pending.clear(rank);
            int rule = network.ruleOfRank(rank);
            Frame frame = state.table.frame(callers[rule].takeSet());
            if (frame.depth <= MOST_DEPTH) {
                gather(state.table, network.begin(rule), frame.id);
            }
        }
        state.edgeItems = behind.toArray();
        int[] edges = Arrays.copyOf(bytes, behind.size());
        state.edgeBytes = edges;
        return edges;
    }

    private void gather(StateTable states, int state, int frame) {
        int lastEdge = network.firstEdge(state + 1);
        spend(lastEdge - network.firstEdge(state));
        for (int edge = network.firstEdge(state); edge < lastEdge; edge++) {
            if (behind.size() == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * bytes.length);
            }
            bytes[behind.size()] = network.low(edge) << 8 | network.high(edge);
            behind.add(Frame.pair(network.edgeTarget(edge), frame));
        }
        for (int call = network.firstCall(state); call < network.firstCall(state + 1); call++) {
            int rule = network.callRule(call);
            PairList list = callers[rule];
            if (list == null) {
                list = new PairList();
                callers[rule] = list;
            }
            if (network.callTarget(call) == Network.TAIL) {
                long[] pairs = states.frame(frame).pairs;
                spend(pairs.length);
                list.addAll(pairs);
            } else {
                list.add(Frame.pair(network.callTarget(call), frame));
            }
            spend(1);
            pending.set(network.rank(rule));
        }
    }

    /** The only byte that may follow, or -1 if there are several or the text may end. */
    int onlyByte(State state) {
        int[] edges = edges(state);
        if (state.isAccepting() || edges.length == 0) {
            return -1;
        }
        int low = edges[0] >> 8;
        for (int edge : edges) {
            if (edge != (low << 8 | low)) {
                return -1;
            }
        }
        return low;
    }

    private void spend(int amount) {
        work += amount;
        if (work > MOST_WORK) {
            clear();
            throw new InvalidConstraintException(
                    "The constraint is too ambiguous: to tell what may follow took more than " + MOST_WORK
                            + " steps; write it with fewer overlapping alternatives and repetitions.");
        }
    }

    private void clear() {
        pending.clear();
        for (PairList list : callers) {
            if (list != null) {
                list.clear();
            }
        }
    }
}
