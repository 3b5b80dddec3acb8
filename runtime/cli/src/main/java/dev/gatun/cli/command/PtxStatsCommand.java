package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.ptx.Assembler;
import dev.gatun.cli.ptx.EntryStats;
import dev.gatun.cli.ptx.LaunchExtent;
import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.count.Chip;
import dev.gatun.ptx.count.Occupancy;
import dev.gatun.ptx.count.StaticCounts;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what kernels take without running them. */
@Command(
        name = "stats",
        description = "Count a kernel's instructions, registers and memory; its occupancy by chip."
                + " Registers and spills are those of ptxas, if it is on PATH or named by GATUN_PTXAS.")
public final class PtxStatsCommand implements Callable<Integer> {
    private static final int USUAL_THREADS = 128;
    private static final int MOST_SHARED_BYTES = 1 << 20;

    private final Console console;
    private final Map<String, String> environment;

    @Parameters(paramLabel = "FILE.ptx", description = "The PTX file.")
    private Path file = Path.of("");

    @Option(names = "--entry", paramLabel = "NAME", description = "The kernel (default: all of the file).")
    private @Nullable String entryName;

    @Option(
            names = "--block",
            paramLabel = "X[,Y[,Z]]",
            description = "Threads of a block (default: .reqntid or .maxntid of the entry, or 128).")
    private @Nullable String block;

    @Option(names = "--shared", paramLabel = "BYTES", description = "Dynamic shared memory.", defaultValue = "0")
    private int sharedBytes;

    @Option(names = "--json", description = "Print {\"ptxas\",\"entries\":[{\"entry\",\"instructions\",...}]}.")
    private boolean json;

    public PtxStatsCommand(Console console, Map<String, String> environment) {
        this.console = console;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public Integer call() throws IOException {
        if (sharedBytes < 0 || sharedBytes > MOST_SHARED_BYTES) {
            throw new InvalidInputException(
                    "--shared is " + sharedBytes + "; it is from 0 to " + MOST_SHARED_BYTES + " bytes.");
        }
        PtxModule module = PtxText.module(file);
        List<PtxEntry> entries = entryName == null ? module.entries() : List.of(PtxText.entry(file, module, entryName));
        entries.forEach(this::threads); // bad ones are refused before ptxas runs
        Optional<Assembler> assembler = Assembler.find(environment);
        Map<String, Assembler.Verdict> verdicts = assembler.isPresent() ? verdicts(assembler.get(), module) : Map.of();
        List<EntryStats> stats =
                entries.stream().map(entry -> stats(entry, verdicts)).toList();
        if (json) {
            Map<String, Object> report = Json.object();
            assembler.ifPresent(found -> report.put("ptxas", found.program().toString()));
            report.put("entries", stats.stream().map(EntryStats::json).toList());
            console.json(report);
        } else {
            stats.forEach(one -> console.print(one.text()));
            console.println(assembler
                    .map(found -> "registers, spills and stack by " + found.program())
                    .orElse("ptxas is not at hand (on PATH or named by GATUN_PTXAS): registers, spills and stack are"
                            + " unknown, and the occupancy is a ceiling"));
        }
        return ExitCode.OK;
    }

    private Map<String, Assembler.Verdict> verdicts(Assembler assembler, PtxModule module) throws IOException {
        Map<String, Assembler.Verdict> verdicts = new HashMap<>();
        for (Chip chip : Chip.ALL) {
            if (chip.canRun(module) && !verdicts.containsKey(chip.targetName())) {
                verdicts.put(chip.targetName(), assembler.assemble(file, chip.targetName()));
            }
        }
        return verdicts;
    }

    private EntryStats stats(PtxEntry entry, Map<String, Assembler.Verdict> verdicts) {
        StaticCounts counts = StaticCounts.of(entry);
        int threads = threads(entry);
        List<EntryStats.OnChip> chips = new ArrayList<>();
        for (Chip chip : Chip.ALL) {
            if (chip.canRun(entry.module())) {
                Assembler.Verdict verdict = verdicts.get(chip.targetName());
                Assembler.Usage usage =
                        verdict == null ? null : verdict.usages().get(entry.name());
                Occupancy occupancy = Occupancy.of(
                        chip,
                        threads,
                        usage == null ? 0 : usage.registers(),
                        (usage == null ? counts.sharedBytes() : usage.sharedBytes()) + sharedBytes);
                chips.add(new EntryStats.OnChip(chip, usage, verdict == null ? "" : verdict.complaint(), occupancy));
            }
        }
        return new EntryStats(entry, counts, threads, chips);
    }

    private int threads(PtxEntry entry) {
        if (block == null) {
            return entry.hasBlockSize() ? entry.maxThreads() : USUAL_THREADS;
        }
        Dim3 size = LaunchExtent.parse("--block", block);
        if (size.count() > entry.maxThreads()) {
            throw new InvalidInputException("--block is " + block + ", " + size.count() + " threads; entry "
                    + entry.name() + " allows " + entry.maxThreads() + ".");
        }
        return (int) size.count();
    }
}
