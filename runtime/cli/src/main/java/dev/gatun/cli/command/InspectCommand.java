package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.Units;
import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.kernels.DType;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufMetadata;
import dev.gatun.runtime.gguf.GgufTensor;
import dev.gatun.runtime.model.ModelConfig;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what is in a model file. */
@Command(name = "inspect", description = "Show a model file's metadata, tensors, tokenizer, template and memory.")
public final class InspectCommand implements Callable<Integer> {
    private static final int MOST_SHOWN = 72;
    private static final int MOST_ITEMS = 3;

    private final Console console;
    private final ModelStore models;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description = "A GGUF file, or a name in the catalogue (default: ${DEFAULT-VALUE}).",
            defaultValue = Catalogue.DEFAULT)
    private String model = Catalogue.DEFAULT;

    @Option(names = "--json", description = "Print one JSON object, with all values in full.")
    private boolean json;

    public InspectCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() {
        Path path = ModelOption.file(model, models, console);
        try (Arena arena = Arena.ofConfined()) {
            GgufFile file = GgufFile.open(path, arena);
            if (json) {
                console.json(json(path, file));
            } else {
                print(path, file);
            }
        }
        return ExitCode.OK;
    }

    private void print(Path path, GgufFile file) {
        console.println(path + ": GGUF version " + file.version() + ", " + Units.bytes(file.byteSize()));
        GgufMetadata metadata = file.metadata();
        console.println("");
        console.println("metadata (" + metadata.keys().size() + ")");
        for (String key : metadata.keys()) {
            console.println("  " + printable(key) + " = " + shown(metadata.value(key)));
        }
        console.println("");
        console.println("tensors (" + file.tensors().size() + ")");
        for (GgufTensor tensor : file.tensors()) {
            console.println(String.format(
                    Locale.ROOT,
                    "  %-32s %-5s %-16s %s",
                    printable(tensor.name()),
                    tensor.type(),
                    tensor.dimensions(),
                    Units.bytes(tensor.data().byteSize())));
        }
        bytesByType(file).forEach((type, bytes) -> console.println("  all " + type + ": " + Units.bytes(bytes)));
        console.println("");
        metadata.findString("tokenizer.chat_template").ifPresent(template -> {
            console.println("chat template");
            template.lines().forEach(line -> console.println("  " + printable(line)));
            console.println("");
        });
        console.println(runnable(file));
    }

    private static String runnable(GgufFile file) {
        try {
            MemoryEstimate estimate = MemoryEstimate.of(file, ModelConfig.of(file), false);
            int context = estimate.trainedContext();
            return "memory: " + Units.bytes(estimate.bytes(context, 1)) + " with a context of " + context
                    + " tokens (weights " + Units.bytes(estimate.weightBytes()) + ", key-value cache "
                    + Units.bytes(context * estimate.kvBytesPerToken()) + ")";
        } catch (InvalidInputException e) {
            return "It can not be run: " + e.getMessage();
        }
    }

    private static Map<String, Object> json(Path path, GgufFile file) {
        Map<String, Object> metadata = Json.object();
        file.metadata().keys().forEach(key -> metadata.put(key, file.metadata().value(key)));
        return Json.object(
                "path", path.toString(),
                "version", file.version(),
                "bytes", file.byteSize(),
                "metadata", metadata,
                "tensors",
                        file.tensors().stream()
                                .map(tensor -> Json.object(
                                        "name", tensor.name(),
                                        "type", tensor.type().name(),
                                        "dimensions", tensor.dimensions(),
                                        "bytes", tensor.data().byteSize()))
                                .toList(),
                "bytes_by_type", bytesByType(file),
                "memory", memory(file));
    }

    private static Map<String, Object> memory(GgufFile file) {
        try {
            MemoryEstimate estimate = MemoryEstimate.of(file, ModelConfig.of(file), false);
            return Json.object(
                    "weight_bytes", estimate.weightBytes(),
                    "kv_bytes_per_token", estimate.kvBytesPerToken(),
                    "activation_bytes", estimate.stepBytes(),
                    "trained_context", estimate.trainedContext(),
                    "bytes", estimate.bytes(estimate.trainedContext(), 1));
        } catch (InvalidInputException e) {
            return Json.object("unknown", String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, Long> bytesByType(GgufFile file) {
        Map<DType, Long> bytes = new TreeMap<>();
        file.tensors()
                .forEach(tensor -> bytes.merge(tensor.type(), tensor.data().byteSize(), Long::sum));
        Map<String, Long> named = new LinkedHashMap<>();
        bytes.forEach((type, sum) -> named.put(type.name(), sum));
        return named;
    }

    private static String shown(Object value) {
        if (value instanceof List<?> list) {
            String first = String.join(
                    ", ",
                    list.stream().limit(MOST_ITEMS).map(InspectCommand::shown).toList());
            return "[" + first + (list.size() > MOST_ITEMS ? ", ...] (" + list.size() + ")" : "]");
        }
        String text = printable(value.toString());
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
    }

    /** The text without what could drive a terminal: a file is not to be trusted. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }
}
