package dev.gatun.cli.ptx;

import dev.gatun.ptx.exec.PtxMachine;
import java.lang.foreign.MemorySegment;

/** The memory of what runs a launch. */
public interface LaunchMemory {

    /** The address of {@code byteSize} new bytes, which whoever runs the launch gives back. */
    long allocate(long byteSize);

    void copyIn(long address, MemorySegment host);

    void copyOut(MemorySegment host, long address);

    /** Of the PTX machine. */
    static LaunchMemory of(PtxMachine machine) {
        return new LaunchMemory() {
            @Override
            public long allocate(long byteSize) {
                return machine.allocate(byteSize);
            }

            @Override
            public void copyIn(long address, MemorySegment host) {
                machine.copyIn(address, host);
            }

            @Override
            public void copyOut(MemorySegment host, long address) {
                machine.copyOut(host, address);
            }
        };
    }
}
