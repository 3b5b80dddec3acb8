package dev.gatun.kernels.device;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.CudaEvent;
import dev.gatun.cuda.CudaStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Page-locked memory between the host's and the device's: what is copied in lies there until the stream has taken it, so that
 * the caller's memory is free at once.
 *
 * <p>There are two halves. Small copies lie behind one another in one; when it is full, the other is waited for. A large copy
 * fills one half while the stream empties the other.
 */
final class PinnedStaging {
    /** What a half holds, and what one copy to the host brings. */
    static final int HALF_BYTES = 4 << 20;

    private static final int ALIGNMENT = 64;

    private final CudaStream stream;
    private final Half[] halves;
    private final MemorySegment incoming;
    private MemorySegment arrival;
    private int turn;

    PinnedStaging(Arena arena, CudaContext context, CudaStream stream) {
        this.stream = stream;
        this.halves = new Half[] {new Half(arena, context), new Half(arena, context)};
        this.incoming = context.allocatePinned(arena, HALF_BYTES);
        this.arrival = incoming;
    }

    /** Puts the copy of {@code source} into the stream. */
    void copyIn(MemorySegment source, MemorySegment target, long offset) {
        long byteSize = source.byteSize();
        for (long done = 0; done < byteSize; ) {
            long part = Math.min(HALF_BYTES, byteSize - done);
            if (halves[turn].room() < part) {
                change();
            }
            MemorySegment slot = halves[turn].slot(part);
            MemorySegment.copy(source, done, slot, 0, part);
            stream.copyIn(slot, target, offset + done);
            halves[turn].take(part);
            done += part;
        }
    }

    /** Fills {@code target} when everything in the stream is done. */
    void copyOut(MemorySegment source, long offset, MemorySegment target) {
        long byteSize = target.byteSize();
        for (long done = 0; done < byteSize; ) {
            long part = Math.min(HALF_BYTES, byteSize - done);
            if (arrival.byteSize() != part) {
                arrival = incoming.asSlice(0, part);
            }
            stream.copyOut(source, offset + done, arrival);
            synchronize();
            MemorySegment.copy(arrival, 0, target, done, part);
            done += part;
        }
    }

    /** Waits for the stream, after which all of this is free. */
    void synchronize() {
        stream.synchronize();
        halves[0].clear();
        halves[1].clear();
    }

    /** Goes on in the other half as soon as the stream has taken what was in it. */
    private void change() {
        halves[turn].mark(stream);
        int other = 1 - turn;
        halves[other].await();
        turn = other;
    }

    private static final class Half {
        private final MemorySegment memory;
        private final CudaEvent taken;
        private MemorySegment slot;
        private long slotOffset;
        private long used;
        private boolean marked;

        Half(Arena arena, CudaContext context) {
            this.memory = context.allocatePinned(arena, HALF_BYTES);
            this.taken = CudaEvent.untimed(arena, context);
            this.slot = memory;
        }

        long room() {
            return HALF_BYTES - used;
        }

        /** The next {@code byteSize} bytes; the same segment as before where it is of the same bytes. */
        MemorySegment slot(long byteSize) {
            if (slotOffset != used || slot.byteSize() != byteSize) {
                slot = memory.asSlice(used, byteSize);
                slotOffset = used;
            }
            return slot;
        }

        void take(long byteSize) {
            used = Math.min(HALF_BYTES, Math.ceilDiv(used + byteSize, (long) ALIGNMENT) * ALIGNMENT);
        }

        void mark(CudaStream stream) {
            taken.record(stream);
            marked = true;
        }

        void await() {
            if (marked) {
                taken.synchronize();
            }
            clear();
        }

        void clear() {
            used = 0;
            marked = false;
        }
    }
}
