package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.CatalogueEntry;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches a model, or checks the one that is there. */
@Command(name = "pull", description = "Fetch a model by name; a model that is there is checked.")
public final class PullCommand implements Callable<Integer> {
    private final Console console;
    private final ModelStore models;

    @Parameters(paramLabel = "NAME", description = "Name in the catalogue, such as smollm2.")
    private String name = "";

    @Option(names = "--json", description = "Print {\"name\",\"path\",\"bytes\",\"sha256\"}.")
    private boolean json;

    public PullCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() {
        CatalogueEntry entry = Catalogue.find(name)
                .orElseThrow(() -> new InvalidInputException(
                        "There is no model '" + name + "' in the catalogue; known names: " + Catalogue.names() + "."));
        Path file = models.fetch(entry, console);
        if (json) {
            console.json(Json.object(
                    "name", entry.name(),
                    "path", file.toString(),
                    "bytes", entry.byteSize(),
                    "sha256", entry.sha256()));
        } else {
            console.println(file.toString());
        }
        return ExitCode.OK;
    }
}
