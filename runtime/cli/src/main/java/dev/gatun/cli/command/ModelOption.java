package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.CatalogueEntry;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model: a file, or a name in the catalogue, which is fetched if it is not here. */
final class ModelOption {

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "A GGUF file, or a name in the catalogue (default: ${DEFAULT-VALUE}).",
            defaultValue = Catalogue.DEFAULT)
    private String model = Catalogue.DEFAULT;

    /** The last part of what was given. */
    String name() {
        return String.valueOf(Path.of(model).getFileName());
    }

    Path file(ModelStore models, Console console) {
        return file(model, models, console);
    }

    /**
     * The file that {@code model} names.
     *
     * @throws InvalidInputException if it is neither a file nor a known name
     */
    static Path file(String model, ModelStore models, Console console) {
        Path path = Path.of(model);
        if (Files.isRegularFile(path)) {
            return path;
        }
        Optional<CatalogueEntry> entry = Catalogue.find(model);
        if (entry.isPresent()) {
            return models.require(entry.get(), console);
        }
        if (Files.isDirectory(path)) {
            throw new InvalidInputException("The model " + model + " is a folder; name the GGUF file in it.");
        }
        throw new InvalidInputException("There is no model file " + model
                + ", and no model of that name in the catalogue" + " (known names: " + Catalogue.names() + ").");
    }
}
