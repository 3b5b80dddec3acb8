package dev.gatun.cli.ptx;

import dev.gatun.cli.Json;
import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.verify.PtxEntry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The device memory of one launch and the block of parameters that names it. The device owns the memory. */
public final class KernelBuffers {
    private static final int SHOWN = 8;

    /** What a buffer holds: its first elements, and the file it was written to or an empty name. */
    public record Contents(String parameter, String type, long count, List<String> first, String file) {
        /** Such as {@code out: f32[621] 0.0 1.0 ...}. */
        String text() {
            String rest = count > first.size() ? " ..." : "";
            String to = file.isEmpty() ? "" : " -> " + file;
            return parameter + ": " + type + "[" + count + "] " + String.join(" ", first) + rest + to;
        }

        Map<String, Object> json() {
            return Json.object("parameter", parameter, "type", type, "count", count, "first", first, "file", file);
        }
    }

    private final LaunchMemory memory;
    private final PtxEntry entry;
    private final List<KernelArgument> arguments;
    private final long[] addresses;
    private final MemorySegment parameters;

    private KernelBuffers(LaunchMemory memory, PtxEntry entry, List<KernelArgument> arguments) {
        this.memory = memory;
        this.entry = entry;
        this.arguments = List.copyOf(arguments);
        this.addresses = new long[arguments.size()];
        this.parameters = MemorySegment.ofArray(new long[entry.parameterBytes() / Long.BYTES + 1])
                .asSlice(0, entry.parameterBytes());
    }

    /** Allocates and fills the buffers among the arguments of {@code entry}, one for each parameter. */
    public static KernelBuffers fill(LaunchMemory memory, PtxEntry entry, List<KernelArgument> arguments) {
        KernelBuffers buffers = new KernelBuffers(memory, entry, arguments);
        for (int i = 0; i < arguments.size(); i++) {
            long bits = switch (arguments.get(i)) {
                case KernelArgument.Scalar scalar -> scalar.bits();
                case KernelArgument.Buffer buffer -> buffers.allocate(i, buffer);
            };
            EntryParameter parameter = entry.parameters().get(i);
            KernelArgument.store(buffers.parameters, parameter.offsetBytes(), parameter.byteSize(), bits);
        }
        return buffers;
    }

    private long allocate(int index, KernelArgument.Buffer buffer) {
        addresses[index] = memory.allocate(buffer.byteSize());
        try (Arena staging = Arena.ofConfined()) {
            MemorySegment host = staging.allocate(buffer.byteSize(), Long.BYTES);
            buffer.fill(host);
            memory.copyIn(addresses[index], host);
        }
        return addresses[index];
    }

    /** The block of parameters for the launch. */
    public MemorySegment parameters() {
        return parameters;
    }

    /** Writes the files that were asked for, and returns what every buffer holds now. */
    public List<Contents> save() throws IOException {
        List<Contents> contents = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++) {
            if (arguments.get(i) instanceof KernelArgument.Buffer buffer) {
                contents.add(
                        save(buffer, addresses[i], entry.parameters().get(i).name()));
            }
        }
        return contents;
    }

    private Contents save(KernelArgument.Buffer buffer, long address, String parameter) throws IOException {
        try (Arena staging = Arena.ofConfined()) {
            MemorySegment host = staging.allocate(buffer.byteSize(), Long.BYTES);
            memory.copyOut(host, address);
            buffer.save(host);
            List<String> first = new ArrayList<>();
            for (long n = 0; n < Math.min(SHOWN, buffer.count()); n++) {
                first.add(buffer.type().text(buffer.get(host, n)));
            }
            String file = buffer.out() == null ? "" : buffer.out().toString();
            return new Contents(parameter, buffer.type().word(), buffer.count(), first, file);
        }
    }
}
