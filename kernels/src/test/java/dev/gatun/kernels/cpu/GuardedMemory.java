package dev.gatun.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Memory that ends where a page begins that nobody may touch: code that reaches past its end dies. Linux. */
final class GuardedMemory {
    private static final long PAGE_BYTES = 4096;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final MethodHandle MAP =
            handle("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
    private static final MethodHandle PROTECT = handle("mprotect", FunctionDescriptor.of(INT, LONG, LONG, INT));
    private static final MethodHandle UNMAP = handle("munmap", FunctionDescriptor.of(INT, LONG, LONG));

    private GuardedMemory() {}

    private static MethodHandle handle(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type);
    }

    static MemorySegment allocate(Arena arena, long byteSize) {
        long pages = Math.ceilDiv(byteSize, PAGE_BYTES) * PAGE_BYTES;
        try {
            long address = (long) MAP.invokeExact(0L, pages + PAGE_BYTES, 3, 0x22, -1, 0L);
            if ((int) PROTECT.invokeExact(address + pages, PAGE_BYTES, 0) != 0) {
                throw new IllegalStateException("mprotect");
            }
            return MemorySegment.ofAddress(address + pages - byteSize)
                    .reinterpret(byteSize, arena, gone -> unmap(address, pages + PAGE_BYTES));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void unmap(long address, long byteSize) {
        try {
            int ignored = (int) UNMAP.invokeExact(address, byteSize);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
