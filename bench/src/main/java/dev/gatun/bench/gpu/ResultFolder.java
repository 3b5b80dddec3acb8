package dev.gatun.bench.gpu;

import dev.gatun.cli.Json;
import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The folder of results: {@code PART.json} for each part, and one table {@code gpu.md} of all. */
public final class ResultFolder {
    private final Path folder;

    /** Makes the folder if it is missing. */
    public ResultFolder(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidInputException("The folder " + folder + " can not be made: " + e.getMessage() + ".", e);
        }
    }

    public Path path() {
        return folder;
    }

    /** The file of a part as it stands, if it is there and whole. */
    Optional<Map<String, Object>> read(String part) {
        Path file = folder.resolve(part + ".json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.readObject(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidInputException e) {
            return Optional.empty(); // of another hand: it is written anew
        }
    }

    /** The rows that a part has left here, by name. */
    Map<String, Row> rows(String part) {
        Map<String, Row> rows = new LinkedHashMap<>();
        read(part).map(json -> json.get("rows")).ifPresent(list -> {
            for (Object one : (List<?>) list) {
                Row row = Row.of((Map<?, ?>) one);
                rows.put(row.name(), row);
            }
        });
        return rows;
    }

    /** A figure that was measured here, if it was. */
    Optional<Double> figure(String part, String row, String figure) {
        Row found = rows(part).get(row);
        return found == null || found.status() != Status.MEASURED
                ? Optional.empty()
                : Optional.ofNullable(found.figures().get(figure));
    }

    /** Writes the part's file, whole or not at all, and the table of all parts anew. */
    void write(PartResult result, List<Part> parts) {
        write(result.part().name() + ".json", Json.write(result.json()) + "\n");
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            read(part.name()).ifPresent(json -> text.append(MarkdownTable.of(json)));
        }
        write("gpu.md", "# The GPU suite\n\n" + text);
    }

    private void write(String name, String text) {
        try {
            Path fresh = folder.resolve(name + ".part");
            Files.writeString(fresh, text);
            Files.move(
                    fresh, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + folder, e);
        }
    }
}
