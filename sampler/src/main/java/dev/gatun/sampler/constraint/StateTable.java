package dev.gatun.sampler.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The states and frames that are known, each once. */
final class StateTable {

    private static final class Key {
        private final long[] values;
        private final int hash;

        Key(long[] values) {
            this.values = values;
            this.hash = Arrays.hashCode(values);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key that && Arrays.equals(values, that.values);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final List<Frame> frames = new ArrayList<>(); // [id]
    private final Map<Key, Frame> frameOf = new HashMap<>();
    private final Map<Key, State> stateOf = new HashMap<>();
    private int masks;

    StateTable() {
        frame(new long[] {Frame.pair(Network.ACCEPT, Frame.BOTTOM)});
    }

    Frame frame(int id) {
        return frames.get(id);
    }

    int frames() {
        return frames.size();
    }

    int states() {
        return stateOf.size();
    }

    int masks() {
        return masks;
    }

    void countMask() {
        masks++;
    }

    /** The frame of these pairs, ascending and unique. */
    Frame frame(long[] pairs) {
        return frameOf.computeIfAbsent(new Key(pairs), key -> {
            int depth = 0;
            for (long pair : pairs) {
                int below = Frame.frame(pair);
                depth = below < frames.size() ? Math.max(depth, frames.get(below).depth + 1) : depth;
            }
            var frame = new Frame(frames.size(), pairs, depth);
            frames.add(frame);
            return frame;
        });
    }

    /** The state of these items, ascending and unique. */
    State state(long[] items, int classes) {
        return stateOf.computeIfAbsent(new Key(items), key -> new State(this, items, classes));
    }

    /** This table's state for one of another table. */
    State adopt(State state, int classes) {
        StateTable source = state.table;
        var known = new HashMap<Integer, Integer>();
        known.put(Frame.BOTTOM, Frame.BOTTOM);
        Function<long[], long[]> translate = pairs -> {
            long[] translated = new long[pairs.length];
            for (int i = 0; i < pairs.length; i++) {
                int frame = Frame.frame(pairs[i]);
                translated[i] = Frame.pair(Frame.state(pairs[i]), known.getOrDefault(frame, Frame.BOTTOM));
            }
            Arrays.sort(translated);
            return translated;
        };
        // a frame is younger than all below it
        boolean[] used = source.below(state.items);
        for (int id = 1; id < used.length; id++) {
            if (used[id]) {
                known.put(id, frame(translate.apply(source.frame(id).pairs)).id);
            }
        }
        return state(translate.apply(state.items), classes);
    }

    private boolean[] below(long[] items) {
        boolean[] used = new boolean[frames.size()];
        for (long item : items) {
            used[Frame.frame(item)] = true;
        }
        for (int id = used.length - 1; id > 0; id--) {
            if (used[id]) {
                for (long pair : frames.get(id).pairs) {
                    used[Frame.frame(pair)] = true;
                }
            }
        }
        return used;
    }
}
