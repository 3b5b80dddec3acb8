package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.Units;
import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.model.ModelConfig;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what fits into memory, before anything is loaded. */
@Command(name = "plan", description = "Show the memory a model takes and what contexts fit, without loading it.")
public final class PlanCommand implements Callable<Integer> {
    private static final int[] SEQUENCES = {1, 2, 4, 8, 16, 32, 64};
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?)(I?)B?");

    private final Console console;
    private final ModelStore models;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description = "A GGUF file, or a name in the catalogue (default: ${DEFAULT-VALUE}).",
            defaultValue = Catalogue.DEFAULT)
    private String model = Catalogue.DEFAULT;

    @Option(
            names = "--vram",
            paramLabel = "BYTES",
            description =
                    "Plan for this much memory, such as 8000000000, 8GB or 8GiB, instead of the GPU's or, where there"
                            + " is none, this machine's.")
    private @Nullable String memory;

    @Option(
            names = "--draft-model",
            paramLabel = "MODEL",
            description = "Plan for this draft model beside it: a GGUF file or a catalogue name.")
    private @Nullable String draftModel;

    @Option(
            names = "--gpu",
            paramLabel = "N",
            description = "Plan for the GPU that the doctor lists under this number (default: the first).")
    private @Nullable Integer gpu;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /** The longest context for a number of sequences at once. */
    private record Fit(int sequences, int context, long bytes) {}

    public PlanCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() {
        MemoryPlace place = place();
        long memoryBytes = place.byteSize();
        try (Arena arena = Arena.ofConfined()) {
            MemoryEstimate estimate = estimate(model, arena, place);
            if (draftModel != null) {
                estimate = estimate.withDraft(estimate(draftModel, arena, place));
            }
            List<Fit> fits = fits(estimate, memoryBytes);
            if (json) {
                console.json(json(estimate, memoryBytes, fits));
            } else {
                print(estimate, place, fits);
            }
            return fits.isEmpty() ? ExitCode.LACKING : ExitCode.OK;
        }
    }

    private MemoryEstimate estimate(String name, Arena arena, MemoryPlace place) {
        GgufFile file = GgufFile.open(ModelOption.file(name, models, console), arena);
        return MemoryEstimate.of(file, ModelConfig.of(file), place.isGpu());
    }

    private MemoryPlace place() {
        if (memory == null) {
            return gpu == null ? MemoryPlace.ofMachine() : MemoryPlace.ofGpu(gpu);
        }
        if (gpu != null) {
            throw new InvalidInputException("--vram " + memory + " and --gpu " + gpu
                    + " both say how much memory there is; leave one of them out.");
        }
        return new MemoryPlace(parse(memory), "given", true);
    }

    private static List<Fit> fits(MemoryEstimate estimate, long memoryBytes) {
        List<Fit> fits = new ArrayList<>();
        for (int sequences : SEQUENCES) {
            int context = estimate.largestContext(memoryBytes, sequences);
            if (context > 0) {
                fits.add(new Fit(sequences, context, estimate.bytes(context, sequences)));
            }
        }
        return fits;
    }

    private void print(MemoryEstimate estimate, MemoryPlace place, List<Fit> fits) {
        console.println("memory         " + Units.bytes(place.byteSize()) + " " + place.where());
        console.println("weights        " + Units.bytes(estimate.weightBytes())
                + (draftModel == null ? "" : ", of which the draft model " + Units.bytes(estimate.draftWeightBytes())));
        console.println("activations    " + Units.bytes(estimate.stepBytes()));
        console.println("KV per token   " + Units.bytes(estimate.kvBytesPerToken()) + " (f16)");
        console.println("trained for    " + Units.count(estimate.trainedContext(), "token"));
        if (fits.isEmpty()) {
            console.println("It does not fit: the least is " + Units.bytes(estimate.bytes(1, 1))
                    + "; use a smaller model, or one with fewer bits a weight.");
            return;
        }
        console.println("");
        console.println("sequences   context      memory");
        for (Fit fit : fits) {
            console.println(String.format(
                    Locale.ROOT, "%9d %9d %11s", fit.sequences(), fit.context(), Units.bytes(fit.bytes())));
        }
    }

    private static Map<String, Object> json(MemoryEstimate estimate, long memoryBytes, List<Fit> fits) {
        Map<String, Object> object = Json.object(
                "memory_bytes", memoryBytes,
                "weight_bytes", estimate.weightBytes(),
                "activation_bytes", estimate.stepBytes(),
                "kv_bytes_per_token", estimate.kvBytesPerToken(),
                "trained_context", estimate.trainedContext(),
                "fits",
                        fits.stream()
                                .map(fit -> Json.object(
                                        "sequences", fit.sequences(), "context", fit.context(), "bytes", fit.bytes()))
                                .toList());
        if (estimate.draftWeightBytes() > 0) {
            object.put("draft_weight_bytes", estimate.draftWeightBytes());
        }
        return object;
    }

    private static long parse(String size) {
        Matcher matcher = SIZE.matcher(size.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    "--vram is '" + size + "'; expected bytes, such as 8000000000, 8GB or 8GiB.");
        }
        int power = matcher.group(2).isEmpty() ? 0 : "KMGT".indexOf(matcher.group(2)) + 1;
        double unit = Math.pow(matcher.group(3).isEmpty() ? 1000 : 1024, power);
        return (long) (Double.parseDouble(matcher.group(1)) * unit);
    }
}
