package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cli.command.PtxStatsCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class PtxStatsTest {
    private static final String TEXT = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry first(.param .u64 out) .maxntid 64, 2, 1 {
                .shared .align 16 .b8 tile[49152];
                .reg .b64 %out; .reg .b32 %r<4>;
                ld.param.u64 %out, [out];
                mov.u32 %r0, tile;
                ld.shared.u32 %r1, [%r0];
                st.global.u32 [%out], %r1;
                ret;
            }
            .visible .entry second() { ret; }
            """;

    @TempDir
    private Path folder;

    private Path file() throws IOException {
        return Files.writeString(folder.resolve("k.ptx"), TEXT);
    }

    /** Runs the command where {@code ptxas} is what {@code environment} says, not what this machine has. */
    private static Session run(Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, new ByteArrayOutputStream(), "");
        int exitCode = new CommandLine(new PtxStatsCommand(console, environment)).execute(arguments);
        console.flush();
        return new Session(exitCode, out.toString(StandardCharsets.UTF_8), "");
    }

    private static JsonObject chip(JsonObject entry, String name) {
        return entry.objects("chips").stream()
                .filter(chip -> chip.get("chip").equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void countsEachEntryWithoutAnAssembler() throws IOException {
        Session session = run(Map.of(), file().toString(), "--json");
        assertEquals(ExitCode.OK, session.exitCode());
        assertEquals(List.of("entries"), session.json().names());
        JsonObject first = session.json().objects("entries").get(0);
        assertEquals("first", first.get("entry"));
        assertEquals(Map.of("b32", 4, "b64", 1), first.get("registers_declared"));
        assertEquals(49152, first.integer("shared_bytes"));
        assertEquals(8, first.integer("parameter_bytes"));
        assertEquals(128, first.integer("block_threads"));
        assertEquals(1, first.object("instructions").integer("shared_memory"));
        JsonObject on4090 = chip(first, "RTX 4090");
        assertEquals(List.of("chip", "target", "occupancy"), on4090.names());
        assertEquals(2, on4090.object("occupancy").integer("blocks"));
        assertEquals("shared memory", on4090.object("occupancy").get("limit"));
        assertEquals(true, on4090.object("occupancy").get("is_ceiling"));
        assertEquals(4, chip(first, "H100").object("occupancy").integer("blocks"));
        assertEquals(128, session.json().objects("entries").get(1).integer("block_threads"));
        String text = run(Map.of(), file().toString()).out();
        assertTrue(text.contains("ptxas is not at hand"), text);
    }

    @Test
    void takesRegistersAndSpillsFromTheAssembler() throws IOException {
        Path script = Files.writeString(folder.resolve("ptxas"), """
                #!/bin/sh
                case $2 in *sm_120) echo "ptxas fatal : too new"; exit 1;; esac
                echo "Compiling entry function 'first' for 'sm_80'"
                echo "Function properties for first"
                echo "  16 bytes stack frame, 4 bytes spill stores, 8 bytes spill loads"
                echo "Used 168 registers, 49152 bytes smem"
                """);
        assumeTrue(script.toFile().setExecutable(true), "no executable scripts here");
        Map<String, String> environment = Map.of("PATH", folder + ":/usr/bin:/bin");
        Session session = run(environment, file().toString(), "--entry", "first", "--json");
        JsonObject first = session.json().objects("entries").get(0);
        JsonObject a100 = chip(first, "A100");
        assertEquals(168, a100.integer("registers"));
        assertEquals(4, a100.integer("spill_store_bytes"));
        assertEquals(8, a100.integer("spill_load_bytes"));
        assertEquals(16, a100.integer("stack_bytes"));
        assertEquals(false, a100.object("occupancy").get("is_ceiling"));
        assertEquals(3, a100.object("occupancy").integer("blocks"));
        assertEquals("ptxas fatal : too new", chip(first, "RTX 5090").get("complaint"));
        String text = run(environment, file().toString(), "--block", "32").out();
        assertTrue(text.contains("168         4/8     16      3"), text);
        assertTrue(text.contains("ptxas: ptxas fatal : too new"), text);
    }

    @Test
    void addsDynamicSharedMemory() throws IOException {
        Session session = run(Map.of(), file().toString(), "--json", "--shared", "200000", "--block", "16,4");
        JsonObject first = session.json().objects("entries").get(0);
        assertEquals(64, first.integer("block_threads"));
        assertEquals(0, chip(first, "H100").object("occupancy").integer("blocks"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--block 0",
                "--block 129",
                "--block many",
                "--block 1,2,3,4",
                "--shared -1",
                "--shared 99999999",
                "--entry third"
            })
    void badUsageEndsWithTwoAndOneSentence(String line) throws IOException {
        String[] option = line.split(" ", -1);
        Session session = Session.run("ptx", "stats", file().toString(), option[0], option[1]);
        assertEquals(ExitCode.USAGE, session.exitCode(), session.err());
        assertEquals(1, session.err().lines().count(), session.err());
    }

    @Test
    void refusesWhatIsNoKernel() {
        assertEquals(
                ExitCode.USAGE,
                Session.run("ptx", "stats", folder.resolve("none.ptx").toString())
                        .exitCode());
    }
}
