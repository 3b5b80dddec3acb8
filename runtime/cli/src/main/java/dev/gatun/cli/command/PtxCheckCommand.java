package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.Units;
import dev.gatun.ptx.verify.Diagnostic;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what is wrong with PTX text, and what is odd about it. */
@Command(name = "check", description = "Verify a PTX file and point at what is odd in it.")
public final class PtxCheckCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FILE.ptx", description = "The PTX file.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "Print {\"entries\",\"diagnostics\"}.")
    private boolean json;

    public PtxCheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        String text = PtxText.read(file);
        List<Diagnostic> diagnostics = Diagnostic.of(text);
        boolean valid = diagnostics.stream().noneMatch(one -> one.severity() == Diagnostic.Severity.ERROR);
        List<String> entries = valid
                ? PtxModule.parse(text).entries().stream().map(PtxEntry::name).toList()
                : List.of();
        if (json) {
            console.json(Json.object(
                    "entries",
                    entries,
                    "diagnostics",
                    diagnostics.stream().map(PtxCheckCommand::json).toList()));
        } else {
            diagnostics.forEach(one -> console.println(
                    file + ":" + one.position() + ": " + word(one) + ": " + one.message() + " [" + one.code() + "]"));
            if (valid) {
                console.println(file + ": " + entries.size() + (entries.size() == 1 ? " entry" : " entries") + " ("
                        + String.join(", ", entries) + "), " + Units.count(diagnostics.size(), "warning"));
            }
        }
        return valid ? ExitCode.OK : ExitCode.USAGE;
    }

    private static Map<String, Object> json(Diagnostic one) {
        return Json.object(
                "severity", word(one),
                "line", one.position().line(),
                "column", one.position().column(),
                "code", one.code(),
                "message", one.message());
    }

    private static String word(Diagnostic one) {
        return one.severity().name().toLowerCase(Locale.ROOT);
    }
}
