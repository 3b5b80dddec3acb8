package dev.gatun.kernels.cpu.asm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Assembled kernels in executable pages. Each takes one pointer to a block of arguments and returns nothing (System V
 * calling convention); calls go through handles that are made once.
 */
public final class KernelCode {
    private static final String FOLDER = "/dev/gatun/kernels/cpu/asm/x86_64/";

    private final Code code;
    private final MemorySegment pages;

    private KernelCode(Code code, MemorySegment pages) {
        this.code = code;
        this.pages = pages;
    }

    /** Whether this machine's kernels exist at all. */
    public static boolean isForThisMachine() {
        return System.getProperty("os.arch").equals("amd64")
                && System.getProperty("os.name").equals("Linux");
    }

    /**
     * Assembles {@code name.s} of this module.
     *
     * @param arena owns the pages; the handles must not outlive it
     * @throws UnsupportedOperationException if the system refuses executable pages
     */
    public static KernelCode load(Arena arena, String name) {
        return assemble(arena, text(name));
    }

    /** Assembles {@code text}; see {@link #load}. */
    public static KernelCode assemble(Arena arena, String text) {
        Code code = Assembler.assemble(text);
        return new KernelCode(code, ExecutableMemory.map(arena, code.bytes()));
    }

    static String text(String name) {
        String resource = FOLDER + name + ".s";
        try (InputStream in = KernelCode.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no such kernel: " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A handle of type {@code (long)void} for an exported label; the argument is the address of the block. */
    public MethodHandle entry(String name) {
        return Linker.nativeLinker()
                .downcallHandle(
                        MemorySegment.ofAddress(address(name)), FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));
    }

    /** Where the code of an exported label lies. */
    public long address(String name) {
        Integer offset = code.entries().get(name);
        if (offset == null) {
            throw new IllegalArgumentException("the text exports no " + name);
        }
        return pages.address() + offset;
    }

    /** Calls an {@link #entry}. */
    public static void call(MethodHandle entry, long block) {
        try {
            entry.invokeExact(block);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
