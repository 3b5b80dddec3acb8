package dev.gatun.ptx.verify;

import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.syntax.Variable;
import java.util.ArrayList;
import java.util.List;

/** A kernel of a module: what a launch must know about it. */
public final class PtxEntry {
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

    /** The most threads a block may have by {@code .maxntid} or {@code .reqntid}; 1024 without either. */
    public int maxThreads() {
        for (String directive : List.of("reqntid", "maxntid")) {
            List<Integer> extents = routine.syntax().attributes().get(directive);
            if (extents != null) {
                return extents.stream().reduce(1, (a, b) -> a * b);
            }
        }
        return 1024;
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
