package dev.gatun.kernels.device;

import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.verify.PtxEntry;
import java.util.List;

/** A kernel on one device, with the parameters that its text declares. */
public class Entry {
    private final Device device;
    private final PtxEntry declaration;

    /** @param declaration as our own parser read it, whatever the device compiles with */
    Entry(Device device, PtxEntry declaration) {
        this.device = device;
        this.declaration = declaration;
    }

    public final String name() {
        return declaration.name();
    }

    /** The parameters in order, each with its place in the parameter block. */
    public final List<EntryParameter> parameters() {
        return declaration.parameters();
    }

    /** Bytes of the parameter block. */
    public final int parameterByteSize() {
        return declaration.parameterBytes();
    }

    /** The most threads a block may have. */
    public final int maxThreads() {
        return declaration.maxThreads();
    }

    final PtxEntry declaration() {
        return declaration;
    }

    /** Checks that this is an entry of {@code asked}. */
    final void requireOn(Device asked) {
        if (!device.equals(asked)) {
            throw new IllegalArgumentException(
                    "entry " + name() + " was loaded on " + device.name() + ", not on this " + asked.name());
        }
    }

    @Override
    public final String toString() {
        return "entry " + name();
    }
}
