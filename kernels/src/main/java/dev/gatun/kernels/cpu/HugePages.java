package dev.gatun.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Zeroed native memory on pages of 2 MiB where the system has them: what a step reads from end to end otherwise costs an
 * address translation, and a fresh start of the processor's prefetchers, every 4 KiB. Carved from slabs whose untouched
 * parts take no memory. Linux; elsewhere, and where the system refuses, the arena's own memory. One thread at a time.
 */
final class HugePages {
    private static final long PAGE_BYTES = 2L << 20;
    private static final long SLAB_BYTES = 16 * PAGE_BYTES;
    /** Below this, pages of 4 KiB are as good. */
    private static final long LEAST_BYTES = 32 << 10;

    private static final int ALIGNMENT_BYTES = 64;
    private static final boolean IS_LINUX = System.getProperty("os.name").equals("Linux");

    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int ADVISE_HUGE_PAGES = 14;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private @Nullable Arena arena; // of the slab
    private MemorySegment slab = MemorySegment.NULL;
    private long used;

    /** Memory at a multiple of 64 bytes that lives as long as {@code arena}. */
    @SuppressWarnings("ReferenceEquality") // it is that arena or it is not
    MemorySegment allocate(Arena arena, long byteSize) {
        if (byteSize < LEAST_BYTES || !IS_LINUX) {
            return arena.allocate(byteSize, ALIGNMENT_BYTES);
        }
        boolean fits = this.arena == arena && slab.scope().isAlive() && used + byteSize <= slab.byteSize();
        if (!fits) {
            MemorySegment pages = map(arena, Math.max(SLAB_BYTES, byteSize));
            if (pages == null) {
                return arena.allocate(byteSize, ALIGNMENT_BYTES);
            }
            this.arena = arena;
            slab = pages;
            used = 0;
        }
        MemorySegment memory = slab.asSlice(used, byteSize, ALIGNMENT_BYTES);
        used = Math.ceilDiv(used + byteSize, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
        return memory;
    }

    /** Null if the system refuses. */
    private static @Nullable MemorySegment map(Arena arena, long byteSize) {
        long whole = Math.ceilDiv(byteSize, PAGE_BYTES) * PAGE_BYTES;
        long mapped = whole + PAGE_BYTES; // so that a multiple of the page size lies in it
        try {
            long address = (long) Calls.MAP.invokeExact(0L, mapped, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
            if (address == -1) {
                return null;
            }
            MemorySegment all =
                    MemorySegment.ofAddress(address).reinterpret(mapped, arena, gone -> unmap(address, mapped));
            long begin = Math.ceilDiv(address, PAGE_BYTES) * PAGE_BYTES;
            int ignored = (int) Calls.ADVISE.invokeExact(begin, whole, ADVISE_HUGE_PAGES);
            return all.asSlice(begin - address, whole);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void unmap(long address, long byteSize) {
        try {
            int ignored = (int) Calls.UNMAP.invokeExact(address, byteSize);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The system's calls; loaded only on Linux. */
    private static final class Calls {
        static final MethodHandle MAP = handle("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
        static final MethodHandle ADVISE = handle("madvise", FunctionDescriptor.of(INT, LONG, LONG, INT));
        static final MethodHandle UNMAP = handle("munmap", FunctionDescriptor.of(INT, LONG, LONG));

        private static MethodHandle handle(String function, FunctionDescriptor type) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(function).orElseThrow(), type);
        }
    }
}
