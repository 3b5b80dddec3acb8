package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.ptx.GpuLaunch;
import dev.gatun.cli.ptx.GpuRunReport;
import dev.gatun.cli.ptx.KernelArgument;
import dev.gatun.cli.ptx.KernelBuffers;
import dev.gatun.cli.ptx.LaunchExtent;
import dev.gatun.cli.ptx.LaunchMemory;
import dev.gatun.cli.ptx.RunReport;
import dev.gatun.cuda.CudaDriver;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.PtxMachine;
import dev.gatun.ptx.exec.Watcher;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.MissingCapabilityException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one kernel on the PTX machine or on a GPU and reports what it did. */
@Command(name = "run", description = "Run a kernel without a GPU; count and judge what it does. Or time it on one.")
public final class PtxRunCommand implements Callable<Integer> {
    private static final long STEP_LIMIT = 1L << 34;

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
            description = "Of blocks and warps: forward, reverse or random(SEED) (default: forward).")
    private @Nullable String order;

    @Option(
            names = "--step-limit",
            paramLabel = "N",
            description = "Warp instructions after which the kernel is stopped (default: 2^34).")
    private @Nullable Long stepLimit;

    @Option(names = "--device", paramLabel = "NAME", description = "ptxvm or cuda (default: ptxvm).")
    private String device = "ptxvm";

    @Option(names = "--json", description = "Print {\"instructions\",\"global\",\"shared\",\"hazards\",...}.")
    private boolean json;

    public PtxRunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Optional<CudaGpu> gpu = device();
        Dim3 gridSize = LaunchExtent.parse("--grid", grid);
        Dim3 blockSize = LaunchExtent.parse("--block", block);
        LaunchOptions options = options();
        PtxEntry entry = PtxText.entry(file, PtxText.module(file), entryName);
        List<KernelArgument> arguments =
                specs.stream().map(KernelArgument::parse).toList();
        check(entry, arguments);
        return gpu.isPresent()
                ? runOn(gpu.get(), entry, gridSize, blockSize, arguments)
                : runHere(entry, gridSize, blockSize, options, arguments);
    }

    private int runHere(
            PtxEntry entry, Dim3 gridSize, Dim3 blockSize, LaunchOptions options, List<KernelArgument> arguments)
            throws IOException {
        Checker checker = Checker.all();
        Counters counters = new Counters();
        LaunchOptions watched = options.withWatcher(check ? Watcher.of(checker, counters) : counters);
        try (PtxMachine machine = new PtxMachine()) {
            KernelBuffers buffers = KernelBuffers.fill(LaunchMemory.of(machine), entry, arguments);
            PtxFault fault = null;
            try {
                machine.launch(entry, gridSize, blockSize, sharedBytes, buffers.parameters(), watched);
            } catch (PtxFault stopped) {
                if (stopped.kind() == PtxFault.Kind.LAUNCH) {
                    throw new InvalidInputException(stopped.getMessage() + ".", stopped);
                }
                fault = stopped;
            }
            RunReport report = new RunReport(entry, counters, checker.findings(), fault, buffers.save());
            if (json) {
                console.json(report.json());
            } else {
                console.print(report.text(String.valueOf(file.getFileName())));
            }
            return report.isClean() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private int runOn(CudaGpu gpu, PtxEntry entry, Dim3 gridSize, Dim3 blockSize, List<KernelArgument> arguments)
            throws IOException {
        if (blockSize.count() > entry.maxThreads()) {
            throw new InvalidInputException("--block is " + block + ", " + blockSize.count() + " threads; entry "
                    + entry.name() + " allows " + entry.maxThreads() + ".");
        }
        try (GpuLaunch launch = GpuLaunch.open(gpu, PtxText.read(file), entry)) {
            KernelBuffers buffers = KernelBuffers.fill(launch, entry, arguments);
            GpuRunReport report = launch.run(entry, gridSize, blockSize, sharedBytes, buffers.parameters());
            List<KernelBuffers.Contents> contents = buffers.save();
            if (json) {
                console.json(report.json(contents));
            } else {
                console.print(report.text(contents));
            }
        }
        return ExitCode.OK;
    }

    /** The GPU that was asked for; empty for the PTX machine. What only the machine can do is refused by name. */
    private Optional<CudaGpu> device() {
        if (device.equals("ptxvm")) {
            return Optional.empty();
        }
        if (!device.equals("cuda")) {
            throw new InvalidInputException("--device is " + device + "; it is ptxvm or cuda.");
        }
        if (check || order != null || stepLimit != null) {
            String option = check ? "--check" : order != null ? "--order" : "--step-limit";
            throw new InvalidInputException(
                    option + " is for the PTX machine: a GPU has no checkers, no order to choose"
                            + " and no count of instructions; leave it out, or leave --device cuda out.");
        }
        if (CudaDriver.find() instanceof CudaDriver.Missing missing) {
            throw new MissingCapabilityException(missing.reason());
        }
        return Optional.of(CudaGpu.all().stream()
                .findFirst()
                .orElseThrow(() -> new MissingCapabilityException(
                        "A CUDA driver was found, but it shows no GPU; does CUDA_VISIBLE_DEVICES hide it?")));
    }

    private LaunchOptions options() {
        try {
            return LaunchOptions.DEFAULT
                    .withOrder(order == null ? "forward" : order)
                    .withStepLimit(stepLimit == null ? STEP_LIMIT : stepLimit);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("--order or --step-limit: " + e.getMessage() + ".", e);
        }
    }

    /** Refuses arguments that do not fit the parameters, the files or this machine. */
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
        long available = SystemMemory.availableBytes();
        if (available >= 0 && 2 * bytes > available) {
            throw new MissingCapabilityException("The buffers take " + bytes + " bytes and as many again to fill them;"
                    + " this machine has " + available + " to spare.");
        }
    }
}
