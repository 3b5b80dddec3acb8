package dev.gatun.ptx.verify;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.syntax.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A kernel of a module: what a launch must know about it. */
public final class PtxEntry {
    private static final int MOST_THREADS = 1024;

    private final PtxModule module;
    private final Routine routine;
    private final List<EntryParameter> parameters;
    private final int parameterBytes;

    PtxEntry(PtxModule module, Routine routine) {
        this.module = module;
        this.routine = routine;
        List<EntryParameter> laidOut = new ArrayList<>();
        int offset = 0;
        for (Variable variable : routine.syntax().parameters()) {
            int alignment = variable.alignment();
            offset = (offset + alignment - 1) & -alignment;
            int size = Math.toIntExact(variable.byteSize());
            laidOut.add(new EntryParameter(variable.name(), variable.type(), size, alignment, offset));
            offset += size;
        }
        this.parameters = List.copyOf(laidOut);
        this.parameterBytes = offset;
    }

    public String name() {
        return routine.name();
    }

    /** The parameters in order, each with its place in the parameter block. */
    public List<EntryParameter> parameters() {
        return parameters;
    }

    /** The size of the parameter block. */
    public int parameterBytes() {
        return parameterBytes;
    }

    /** The most threads a block may have by {@code .maxntid} or {@code .reqntid}, at most 1024. */
    public int maxThreads() {
        long threads = 1;
        for (int extent : hasBlockSize() ? blockSize() : List.of(MOST_THREADS)) {
            threads = Math.min(threads * extent, MOST_THREADS);
        }
        return (int) threads;
    }

    /** Whether {@code .maxntid} or {@code .reqntid} says how large a block may be. */
    public boolean hasBlockSize() {
        return !blockSize().isEmpty();
    }

    private List<Integer> blockSize() {
        Map<String, List<Integer>> attributes = routine.syntax().attributes();
        return attributes.getOrDefault("reqntid", attributes.getOrDefault("maxntid", List.of()));
    }

    /** Whether {@code .reqntid} allows a block of this size; without it any does. */
    public boolean acceptsBlock(Dim3 block) {
        List<Integer> required = routine.syntax().attributes().getOrDefault("reqntid", List.of());
        int[] extents = {block.x(), block.y(), block.z()};
        for (int i = 0; i < extents.length && !required.isEmpty(); i++) {
            if (extents[i] != (i < required.size() ? required.get(i) : 1)) {
                return false;
            }
        }
        return true;
    }

    /** The blocks of a cluster by {@code .reqnctapercluster}, or null. */
    public @Nullable Dim3 clusterSize() {
        List<Integer> extents = routine.syntax().attributes().get("reqnctapercluster");
        if (extents == null) {
            return null;
        }
        return new Dim3(
                extents.get(0), extents.size() > 1 ? extents.get(1) : 1, extents.size() > 2 ? extents.get(2) : 1);
    }

    /** Whether it can only be launched in clusters. */
    public boolean needsClusterSize() {
        return routine.syntax().attributes().containsKey("explicitcluster");
    }

    /** The most blocks of a cluster by {@code .maxclusterrank}. */
    public int mostClusterBlocks() {
        return routine.syntax()
                .attributes()
                .getOrDefault("maxclusterrank", List.of(Integer.MAX_VALUE))
                .get(0);
    }

    /** Whether its module's version and target know clusters. */
    public boolean hasClusters() {
        return module.hasClusters();
    }

    public PtxModule module() {
        return module;
    }

    public Routine routine() {
        return routine;
    }

    @Override
    public String toString() {
        return "entry " + name();
    }
}
