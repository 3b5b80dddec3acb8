package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.ptx.KernelArgument;
import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.check.Finding;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.count.InstructionClass;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.PtxMachine;
import dev.gatun.ptx.exec.Watcher;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.MissingCapabilityException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one kernel on the PTX machine and reports what it did. */
@Command(name = "run", description = "Run a kernel without a GPU; count and judge what it does.")
public final class PtxRunCommand implements Callable<Integer> {
    private static final int SHOWN = 8;

    private final Console console;

    @Parameters(paramLabel = "FILE.ptx", description = "The PTX file.")
    private Path file = Path.of("");

    @Option(names = "--entry", paramLabel = "NAME", description = "The kernel; may be left out where there is one.")
    private @Nullable String entryName;

    @Option(names = "--grid", required = true, paramLabel = "X[,Y[,Z]]", description = "Blocks of the grid.")
    private String grid = "";

    @Option(names = "--block", required = true, paramLabel = "X[,Y[,Z]]", description = "Threads of a block.")
    private String block = "";

    @Option(names = "--shared", paramLabel = "BYTES", description = "Dynamic shared memory.", defaultValue = "0")
    private int sharedBytes;

    @Option(names = "--arg", paramLabel = "SPEC", description = "An argument, in order: " + KernelArgument.FORMS + ".")
    private List<String> specs = List.of();

    @Option(names = "--check", description = "Look for races, uninitialised use and divergent barriers too.")
    private boolean check;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description = "Of blocks and warps: forward, reverse or random(SEED) (default: ${DEFAULT-VALUE}).",
            defaultValue = "forward")
    private String order = "forward";

    @Option(
            names = "--step-limit",
            paramLabel = "N",
            description = "Warp instructions after which the kernel is stopped (default: 2^34).",
            defaultValue = "17179869184")
    private long stepLimit;

    @Option(names = "--device", paramLabel = "NAME", description = "ptxvm or cuda (default: ptxvm).")
    private String device = "ptxvm";

    @Option(names = "--json", description = "Print {\"instructions\",\"global\",\"shared\",\"hazards\",...}.")
    private boolean json;

    public PtxRunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (device.equals("cuda")) {
            throw new MissingCapabilityException(
                    "--device cuda: there is no CUDA device yet; leave it out to run on the PTX machine.");
        }
        if (!device.equals("ptxvm")) {
            throw new InvalidInputException("--device is " + device + "; it is ptxvm or cuda.");
        }
        Dim3 gridSize = extent("--grid", grid);
        Dim3 blockSize = extent("--block", block);
        LaunchOptions options = options();
        PtxEntry entry = entry(PtxText.module(file));
        List<KernelArgument> arguments =
                specs.stream().map(KernelArgument::parse).toList();
        check(entry, arguments);
        Checker checker = Checker.all();
        Counters counters = new Counters();
        LaunchOptions watched = options.withWatcher(check ? Watcher.of(checker, counters) : counters);
        try (PtxMachine machine = new PtxMachine();
                Arena arena = Arena.ofConfined()) {
            long[] addresses = new long[arguments.size()];
            MemorySegment parameters = prepare(machine, arena, entry, arguments, addresses);
            PtxFault fault = null;
            try {
                machine.launch(entry, gridSize, blockSize, sharedBytes, parameters, watched);
            } catch (PtxFault stopped) {
                if (stopped.kind() == PtxFault.Kind.LAUNCH) {
                    throw new InvalidInputException(String.valueOf(stopped.getMessage()) + ".", stopped);
                }
                fault = stopped;
            }
            List<Contents> buffers = results(machine, arena, entry, arguments, addresses);
            report(entry, counters, checker, fault, buffers);
            return fault == null && checker.isClean() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /** What a buffer holds after the launch: its first elements, and the file it was written to, if any. */
    private record Contents(String parameter, String type, long count, List<String> first, String file) {
        Map<String, Object> json() {
            return Json.object("parameter", parameter, "type", type, "count", count, "first", first, "file", file);
        }
    }

    private LaunchOptions options() {
        try {
            return LaunchOptions.DEFAULT.withOrder(order).withStepLimit(stepLimit);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("--order or --step-limit: " + e.getMessage() + ".", e);
        }
    }

    private static Dim3 extent(String option, String text) {
        if (text.matches("[1-9]\\d{0,8}(,[1-9]\\d{0,8}){0,2}")) {
            String[] parts = text.split(",", -1);
            return new Dim3(
                    Integer.parseInt(parts[0]),
                    parts.length > 1 ? Integer.parseInt(parts[1]) : 1,
                    parts.length > 2 ? Integer.parseInt(parts[2]) : 1);
        }
        throw new InvalidInputException(option + " is '" + text + "'; expected X, X,Y or X,Y,Z, each at least 1.");
    }

    private PtxEntry entry(PtxModule module) {
        List<String> names = module.entries().stream().map(PtxEntry::name).toList();
        if (entryName == null && names.size() == 1) {
            return module.entries().get(0);
        }
        if (entryName == null || !names.contains(entryName)) {
            throw new InvalidInputException(
                    (entryName == null ? "--entry is missing" : "There is no entry " + entryName) + "; " + file
                            + " has " + (names.isEmpty() ? "none" : String.join(", ", names)) + ".");
        }
        return module.entry(entryName);
    }

    private static void check(PtxEntry entry, List<KernelArgument> arguments) {
        List<EntryParameter> parameters = entry.parameters();
        if (parameters.size() != arguments.size()) {
            StringJoiner wanted = new StringJoiner(", ", "(", ")");
            parameters.forEach(one -> wanted.add(one.type().suffix() + " " + one.name()));
            throw new InvalidInputException("Entry " + entry.name() + " takes " + parameters.size() + " arguments "
                    + wanted + ", but --arg is given " + arguments.size() + " times.");
        }
        long bytes = 0;
        for (int i = 0; i < arguments.size(); i++) {
            arguments.get(i).check(parameters.get(i), i + 1);
            bytes += arguments.get(i) instanceof KernelArgument.Buffer buffer ? buffer.byteSize() : 0;
        }
        if (2 * bytes > SystemMemory.availableBytes()) {
            throw new MissingCapabilityException("The buffers take " + bytes + " bytes and as many again to fill them;"
                    + " this machine has " + SystemMemory.availableBytes() + " to spare.");
        }
    }

    /** Allocates and fills the buffers; returns the block of parameters and sets the address of each buffer. */
    private static MemorySegment prepare(
            PtxMachine machine, Arena arena, PtxEntry entry, List<KernelArgument> arguments, long[] addresses) {
        MemorySegment parameters = arena.allocate(Math.max(entry.parameterBytes(), 1), 16);
        for (int i = 0; i < addresses.length; i++) {
            EntryParameter parameter = entry.parameters().get(i);
            long bits = switch (arguments.get(i)) {
                case KernelArgument.Scalar scalar -> scalar.bits();
                case KernelArgument.Buffer buffer -> {
                    addresses[i] = machine.allocate(buffer.byteSize());
                    try (Arena staging = Arena.ofConfined()) {
                        MemorySegment host = staging.allocate(buffer.byteSize(), 8);
                        buffer.fill(host);
                        machine.copyIn(addresses[i], host);
                    }
                    yield addresses[i];
                }
            };
            KernelArgument.store(parameters, parameter.offsetBytes(), parameter.byteSize(), bits);
        }
        return parameters.asSlice(0, entry.parameterBytes());
    }

    private static List<Contents> results(
            PtxMachine machine, Arena arena, PtxEntry entry, List<KernelArgument> arguments, long[] addresses)
            throws IOException {
        List<Contents> results = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++) {
            if (arguments.get(i) instanceof KernelArgument.Buffer buffer) {
                MemorySegment host = arena.allocate(buffer.byteSize(), 8);
                machine.copyOut(host, addresses[i]);
                buffer.save(host);
                List<String> values = new ArrayList<>();
                for (long n = 0; n < Math.min(SHOWN, buffer.count()); n++) {
                    values.add(buffer.type().text(buffer.get(host, n)));
                }
                results.add(new Contents(
                        entry.parameters().get(i).name(),
                        buffer.type().word(),
                        buffer.count(),
                        values,
                        buffer.out() == null ? "" : buffer.out().toString()));
            }
        }
        return results;
    }

    private void report(
            PtxEntry entry, Counters counters, Checker checker, @Nullable PtxFault fault, List<Contents> buffers) {
        if (json) {
            console.json(json(entry, counters, checker, fault, buffers));
            return;
        }
        console.print(counters.report());
        for (Contents buffer : buffers) {
            console.println(buffer.parameter() + ": " + buffer.type() + "[" + buffer.count() + "] "
                    + String.join(" ", buffer.first()) + (buffer.count() > SHOWN ? " ..." : ""));
        }
        if (fault != null) {
            console.println("========= FAULT: " + fault.kind().name().toLowerCase(Locale.ROOT));
            String message = String.valueOf(fault.getMessage());
            message.lines().forEach(line -> console.println("=========   " + line));
        }
        if (check) {
            console.print(checker.report(String.valueOf(file.getFileName())));
        }
    }

    private static Map<String, Object> json(
            PtxEntry entry, Counters counters, Checker checker, @Nullable PtxFault fault, List<Contents> buffers) {
        Map<String, Object> classes = Json.object();
        for (InstructionClass one : InstructionClass.values()) {
            if (counters.instructions(one) > 0) {
                classes.put(one.name().toLowerCase(Locale.ROOT), counters.instructions(one));
            }
        }
        List<Map<String, Object>> hazards = new ArrayList<>();
        if (fault != null) {
            hazards.add(hazard(fault.kind().name().toLowerCase(Locale.ROOT), fault.line(), 0, 1, fault.getMessage()));
        }
        for (Finding finding : checker.findings()) {
            String kind = finding.check().name().toLowerCase(Locale.ROOT);
            int other = finding.first() == null ? 0 : finding.first().line();
            String message =
                    finding.check().title() + " (" + finding.kind() + ") " + finding.what() + "; " + finding.hint();
            hazards.add(hazard(kind, finding.then().line(), other, finding.count(), message));
        }
        Counters.MemoryCount global = counters.global();
        Counters.MemoryCount shared = counters.shared();
        double requests = Math.max(global.requests(), 1);
        return Json.object(
                "entry", entry.name(),
                "instructions", classes,
                "warp_instructions", counters.warpInstructions(),
                "lane_instructions", counters.laneInstructions(),
                "global",
                        Json.object(
                                "bytes", global.bytes(),
                                "sectors_per_request", global.sectorsPerRequest(),
                                "ideal_sectors_per_request", global.idealSectors() / requests),
                "shared", Json.object("bytes", shared.bytes(), "bank_conflicts", shared.bankConflicts()),
                "hazards", hazards,
                "buffers", buffers.stream().map(Contents::json).toList());
    }

    private static Map<String, Object> hazard(
            String kind, int line, int otherLine, long count, @Nullable String message) {
        return Json.object(
                "kind",
                kind,
                "line",
                line,
                "other_line",
                otherLine,
                "count",
                count,
                "message",
                String.valueOf(message));
    }
}
