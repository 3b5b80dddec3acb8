package dev.gatun.ptx.exec;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/**
 * Runs PTX kernels on the CPU: global memory, and launches that return when the grid is done.
 *
 * <p>Device addresses are no host addresses; a host that follows one faults at once. A machine may be used by several
 * threads, launches included.
 */
public final class PtxMachine implements AutoCloseable {
    private static final int SHARED_LIMIT = 227 * 1024;

    private final GlobalMemory memory = new GlobalMemory();
    private final Map<PtxModule, ModuleMemory> modules = new HashMap<>();
    private final Map<PtxEntry, Program> programs = new HashMap<>();

    /** A machine without memory in use; {@link #close} releases what it comes to hold. */
    public PtxMachine() {}

    /** Reserves device memory, filled with 0xFF bytes, and returns its address. */
    public long allocate(long byteSize) {
        return memory.allocate(byteSize);
    }

    /** Reserves device memory with the contents of host memory, and returns its address. */
    public long allocate(MemorySegment contents) {
        long address = allocate(contents.byteSize());
        copyIn(address, contents);
        return address;
    }

    public void free(long address) {
        memory.free(address);
    }

    /** Copies host memory to the device. */
    public void copyIn(long address, MemorySegment host) {
        memory.slice(address, host.byteSize()).copyFrom(host);
    }

    /** Fills host memory from the device. */
    public void copyOut(MemorySegment host, long address) {
        host.copyFrom(memory.slice(address, host.byteSize()));
    }

    /** Copies within device memory; the ranges may overlap. */
    public void copy(long to, long from, long byteSize) {
        memory.slice(to, byteSize).copyFrom(memory.slice(from, byteSize));
    }

    /** Sets {@code byteSize} bytes to one value. */
    public void fill(long address, byte value, long byteSize) {
        memory.slice(address, byteSize).fill(value);
    }

    public GlobalMemory memory() {
        return memory;
    }

    /** The address of a {@code .global} variable of a module; its initial value is in place. */
    public long symbolAddress(PtxModule module, String name) {
        return module(module).globalAddress(name);
    }

    private ModuleMemory module(PtxModule module) {
        synchronized (modules) {
            return modules.computeIfAbsent(module, missing -> new ModuleMemory(missing, memory));
        }
    }

    private Program program(PtxEntry entry) {
        ModuleMemory loaded = module(entry.module());
        synchronized (programs) {
            return programs.computeIfAbsent(entry, missing -> Lowering.lower(missing, loaded));
        }
    }

    /** Lowers an entry ahead of its first launch. */
    public void prepare(PtxEntry entry) {
        program(entry);
    }

    /** The static shared memory of an entry in bytes. */
    public int staticSharedBytes(PtxEntry entry) {
        return program(entry).staticSharedBytes();
    }

    /** Runs a grid with {@link LaunchOptions#DEFAULT}. */
    public Launch launch(PtxEntry entry, Dim3 grid, Dim3 block, int sharedBytes, MemorySegment parameters) {
        return launch(entry, grid, block, sharedBytes, parameters, LaunchOptions.DEFAULT);
    }

    /**
     * Runs a grid and returns when it is done.
     *
     * @param sharedBytes dynamic shared memory of a block
     * @param parameters  the block of parameters, laid out as {@link PtxEntry#parameters} says
     * @throws PtxFault if the launch is impossible or the kernel does something that stops it
     */
    public Launch launch(
            PtxEntry entry, Dim3 grid, Dim3 block, int sharedBytes, MemorySegment parameters, LaunchOptions options) {
        check(entry, grid, block, sharedBytes, parameters);
        Dim3 cluster = ClusterRules.cluster(entry, grid, options.cluster());
        Program program = program(entry);
        byte[] copy = parameters.toArray(ValueLayout.JAVA_BYTE);
        Launch launch = new Launch(program, memory, grid, block, cluster, sharedBytes, copy, options);
        if (launch.sharedBytes() > SHARED_LIMIT) {
            throw refuse(
                    entry, launch.sharedBytes() + " bytes of shared memory exceed the " + SHARED_LIMIT + " of a block");
        }
        Watcher watcher = options.watcher();
        if (watcher != null) {
            watcher.launchStarts(launch);
        }
        try {
            new GridRun(launch).run();
        } finally {
            if (watcher != null) {
                watcher.launchEnds(launch);
            }
        }
        return launch;
    }

    private static void check(PtxEntry entry, Dim3 grid, Dim3 block, int sharedBytes, MemorySegment parameters) {
        if (parameters.byteSize() != entry.parameterBytes()) {
            throw refuse(
                    entry,
                    "the parameter block has " + parameters.byteSize() + " bytes, the entry takes "
                            + entry.parameterBytes());
        }
        if (sharedBytes < 0) {
            throw refuse(entry, "sharedBytes=" + sharedBytes + " is negative");
        }
        if (block.count() > 1024 || block.z() > 64) {
            throw refuse(entry, "a block has at most 1024 threads and 64 in z: block=" + block);
        }
        if (block.count() > entry.maxThreads()) {
            throw refuse(
                    entry, "block=" + block + " exceeds the " + entry.maxThreads() + " threads the entry declares");
        }
        if (!entry.acceptsBlock(block)) {
            throw refuse(entry, "block=" + block + " is not the one that its .reqntid requires");
        }
        if (grid.y() > 65535 || grid.z() > 65535) {
            throw refuse(entry, "a grid has at most 65535 blocks in y and z: grid=" + grid);
        }
    }

    static PtxFault refuse(PtxEntry entry, String reason) {
        return new PtxFault(PtxFault.Kind.LAUNCH, 0, "cannot launch " + entry.name() + ": " + reason);
    }

    /** Releases all device memory. */
    @Override
    public void close() {
        memory.close();
    }
}
