package dev.gatun.bench.command;

import dev.gatun.bench.gpu.CeilingsPart;
import dev.gatun.bench.gpu.ContractPart;
import dev.gatun.bench.gpu.GoldenPart;
import dev.gatun.bench.gpu.LadderPart;
import dev.gatun.bench.gpu.ModelPart;
import dev.gatun.bench.gpu.Part;
import dev.gatun.bench.gpu.PredictionsPart;
import dev.gatun.bench.gpu.ResultFolder;
import dev.gatun.bench.gpu.Size;
import dev.gatun.bench.gpu.Stand;
import dev.gatun.bench.gpu.Suite;
import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Interrupts;
import dev.gatun.cli.Json;
import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the GPU suite. */
@Command(
        name = "gpu",
        description = "Run the GPU suite: ceilings, contract, golden tiles, kernels, models, predictions."
                + " What a folder holds is not repeated.")
final class GpuCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder of the results.")
    private Path out = Path.of("");

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            description = "Names or letters, separated by commas: ceilings (a), contract (b), golden (c), kernels (d),"
                    + " model (e), predictions (f) (default: all).")
    private List<String> parts = List.of();

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cuda or ptxvm, which measures nothing (default: cuda).")
    private String device = "cuda";

    @Option(names = "--minutes", paramLabel = "N", description = "Most time of a part (default: 10).")
    private double minutes = 10;

    @Option(names = "--again", description = "Do again what is there.")
    private boolean again;

    @Option(names = "--size", paramLabel = "SIZE", description = "full or small (default: full on a GPU, else small).")
    private @Nullable Size size;

    @Option(names = "--kernels", paramLabel = "REGEX", description = "Kernels of the contract part (default: all).")
    private String kernels = ".*";

    @Option(
            names = "--operations",
            paramLabel = "REGEX",
            description = "Operations of the kernels and predictions parts (default: all).")
    private String operations = "";

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "Model whose tokens are held against the CPU's (default: smollm2, where it was pulled).")
    private @Nullable Path model;

    @Option(
            names = "--layers",
            paramLabel = "N",
            description =
                    "Most layers of the models with random weights, for GPUs that cannot hold 8 billion (default: all).")
    private int layers = Integer.MAX_VALUE;

    @Option(names = "--list", description = "Print the cases and run none.")
    private boolean list;

    @Option(names = "--json", description = "Print {\"out\",\"parts\":{NAME: how it ended}}.")
    private boolean json;

    GpuCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (!(minutes > 0 && minutes <= 24 * 60)) {
            throw new InvalidInputException("--minutes is " + minutes + "; it is above 0, at most 1440.");
        }
        if (layers < 1) {
            throw new InvalidInputException("--layers is " + layers + "; it is at least 1.");
        }
        requirePattern("--kernels", kernels);
        requirePattern("--operations", operations);
        try (Stand stand = Stand.open(device, 0)) {
            ResultFolder folder = new ResultFolder(out);
            List<Part> known = known(stand, folder);
            List<Part> chosen = chosen(known);
            if (list) {
                chosen.forEach(
                        part -> part.cases(stand).forEach(one -> console.println(part.name() + ": " + one.name())));
                return ExitCode.OK;
            }
            return run(stand, folder, known, chosen);
        }
    }

    private int run(Stand stand, ResultFolder folder, List<Part> known, List<Part> chosen) {
        console.note("suite on " + stand.environment().chip() + ", commit "
                + stand.environment().commit() + ", results in " + out);
        Map<String, Object> outcomes = Json.object();
        int exitCode = ExitCode.OK;
        try (Interrupts interrupts = new Interrupts(() -> console.note("stopping after this case"))) {
            Suite suite = new Suite(
                    stand,
                    folder,
                    known,
                    Duration.ofMillis(Math.round(minutes * 60_000)),
                    console::note,
                    interrupts::happened);
            for (Part part : chosen) {
                Suite.Outcome outcome = suite.run(part, again);
                outcomes.put(part.name(), outcome.name().toLowerCase(Locale.ROOT));
                exitCode = outcome == Suite.Outcome.FAILED ? ExitCode.FAILED : exitCode;
                if (outcome == Suite.Outcome.STOPPED) {
                    exitCode = ExitCode.INTERRUPTED;
                    break;
                }
            }
        }
        if (json) {
            console.json(Json.object("out", out.toString(), "parts", outcomes));
        } else {
            outcomes.forEach((part, outcome) -> console.println(part + ": " + outcome));
            console.println("tables: " + out.resolve("gpu.md"));
        }
        return exitCode;
    }

    private List<Part> known(Stand stand, ResultFolder folder) {
        Size chosen = size != null ? size : stand.hasClock() ? Size.FULL : Size.SMALL;
        LadderPart ladder = new LadderPart(chosen, operations, folder);
        return List.of(
                new CeilingsPart(chosen),
                new ContractPart(kernels),
                new GoldenPart(folder),
                ladder,
                new ModelPart(chosen, layers, model(), folder),
                new PredictionsPart(ladder, folder));
    }

    /** The model that was named, or the default one where it is on this machine. */
    private @Nullable Path model() {
        if (model != null && !Files.isRegularFile(model)) {
            throw new InvalidInputException("There is no file " + model + ".");
        }
        return model != null
                ? model
                : Catalogue.find(Catalogue.DEFAULT)
                        .flatMap(ModelStore.ofUser(System.getenv())::find)
                        .orElse(null);
    }

    private List<Part> chosen(List<Part> known) {
        List<Part> chosen = new ArrayList<>();
        for (String word : parts) {
            chosen.add(known.stream()
                    .filter(part -> word.equals(part.name()) || word.equals(String.valueOf(part.letter())))
                    .findFirst()
                    .orElseThrow(() -> new InvalidInputException("There is no part " + word + "; they are "
                            + String.join(", ", known.stream().map(Part::name).toList()) + ".")));
        }
        return chosen.isEmpty() ? known : chosen;
    }

    private static void requirePattern(String option, String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new InvalidInputException(option + " is no regular expression: " + e.getDescription() + ".", e);
        }
    }
}
