package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.kernels.cpu.asm.AsmException;
import dev.gatun.kernels.cpu.asm.Assembler;
import dev.gatun.kernels.cpu.asm.Code;
import dev.gatun.runtime.InvalidInputException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Assembles the text of a CPU kernel; see its subcommands. */
@Command(
        name = "asm",
        description = "Assemble the text of a CPU kernel: check it, show its bytes.",
        synopsisSubcommandLabel = "COMMAND")
public final class AsmCommand {
    private static final HexFormat HEX = HexFormat.of();
    /** Bytes a line of the dump has room for: the longest instructions of the kernels. */
    private static final int DUMP_BYTES = 11;

    private final Console console;

    public AsmCommand(Console console) {
        this.console = console;
    }

    @Command(name = "check", description = "Assemble a text and say what it exports, or the first error.")
    int check(
            @Parameters(paramLabel = "FILE.s", description = "Intel syntax; see kernels/README.md.") Path file,
            @Option(names = "--json", description = "Print {\"bytes\",\"entries\",\"diagnostics\"}.") boolean json) {
        String text = PromptText.read(file);
        try {
            Code code = Assembler.assemble(text);
            if (json) {
                console.json(
                        report(code.bytes().length, List.copyOf(code.entries().keySet()), List.of()));
            } else {
                console.println(file + ": " + code.bytes().length + " bytes; exports "
                        + (code.entries().isEmpty()
                                ? "nothing"
                                : String.join(", ", code.entries().keySet())));
            }
            return ExitCode.OK;
        } catch (AsmException e) {
            if (!json) {
                throw refusal(file, e);
            }
            Map<String, Object> diagnostic =
                    Json.object("severity", "error", "line", e.line(), "column", e.column(), "message", e.reason());
            console.json(report(0, List.of(), List.of(diagnostic)));
            return ExitCode.USAGE;
        }
    }

    private static Map<String, Object> report(int bytes, List<String> entries, List<Map<String, Object>> diagnostics) {
        return Json.object("bytes", bytes, "entries", entries, "diagnostics", diagnostics);
    }

    @Command(name = "dump", description = "Assemble a text and print offset, bytes and text of every instruction.")
    int dump(
            @Parameters(paramLabel = "FILE.s", description = "Intel syntax; see kernels/README.md.") Path file,
            @Option(names = "--json", description = "Print one object an instruction or label a line.") boolean json) {
        Code code;
        try {
            code = Assembler.assemble(PromptText.read(file));
        } catch (AsmException e) {
            throw refusal(file, e);
        }
        byte[] bytes = code.bytes();
        for (Code.Place place : code.places()) {
            String hex = HEX.formatHex(bytes, place.offset(), place.offset() + place.byteSize());
            if (json) {
                console.json(Json.object(
                        "offset", place.offset(), "bytes", hex, "line", place.line(), "text", place.text()));
            } else if (place.byteSize() == 0) {
                console.println(place.text());
            } else {
                console.println(
                        String.format("  %06x  %-" + 2 * DUMP_BYTES + "s  %s", place.offset(), hex, place.text()));
            }
        }
        return ExitCode.OK;
    }

    private static InvalidInputException refusal(Path file, AsmException e) {
        return new InvalidInputException(file + ":" + e.getMessage() + ".", e);
    }
}
