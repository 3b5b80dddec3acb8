package dev.gatun.kernels.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A machine that runs PTX: memory, code, launches. Launches and copies take effect in the order they are asked for; a copy
 * to the host waits for everything before it.
 *
 * <p>Device memory is a zero-length segment at the device address, tied to the arena it was allocated from: a host read
 * throws. Places in it are a segment and an offset in bytes. Used by one thread at a time.
 */
public interface Device extends AutoCloseable {

    /** Short name as the command line spells a backend on it: {@code ptxvm}, {@code cuda}. */
    String name();

    /** One phrase for banner and results: which machine, how many threads or processors. Names a slow one as such. */
    String description();

    /** The compute capability, tenfold, whose own instructions it runs, 90 for sm_90a; 0 where it stands for no chip. */
    default int architecture() {
        return 0;
    }

    // ---- memory

    /** Zeroed device memory that lives as long as {@code arena}, at a multiple of 256 bytes. */
    MemorySegment allocate(Arena arena, long byteSize);

    /** Copies all of {@code source}, host memory on or off the heap, to {@code target} from {@code offset} on. */
    void copyIn(MemorySegment source, MemorySegment target, long offset);

    /** Fills all of {@code target}, host memory on or off the heap, from {@code source} from {@code offset} on. */
    void copyOut(MemorySegment source, long offset, MemorySegment target);

    /**
     * Copies {@code byteSize} bytes of device memory from {@code source} at {@code sourceOffset} to {@code target} at {@code
     * targetOffset}. A device that cannot do it by itself goes through the host.
     */
    default void copy(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, long byteSize) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment bytes = scratch.allocate(byteSize);
            copyOut(source, sourceOffset, bytes);
            copyIn(bytes, target, targetOffset);
        }
    }

    /** How much memory there is and is taken. */
    DeviceMemory memory();

    /** The most memory of its own that it had at any time; 0 for a device that takes the host's. Any thread may ask. */
    default long peakBytes() {
        return 0;
    }

    // ---- code

    /**
     * Reads PTX text and makes its entries launchable.
     *
     * @throws dev.gatun.ptx.PtxException if the text is not PTX or breaks its rules, with the line
     */
    Code load(String text);

    /**
     * Runs {@code entry} on {@code grid}. Grid and parameters are read before this returns and may be refilled.
     *
     * @throws IllegalArgumentException if {@code entry} is another device's
     */
    void launch(Entry entry, Grid grid, ParamBlock parameters);

    /** Returns when everything launched so far is done. */
    void synchronize();

    /**
     * Notes the launches that {@code launches} makes, without running them.
     *
     * @throws IllegalStateException if {@code launches} asks for anything but launches: memory, copies, code
     */
    Recording record(Runnable launches);

    /** Runs what was recorded, in order. */
    void replay(Recording recording);

    /** Stops the device. Memory dies with its arena, or here. */
    @Override
    void close();
}
