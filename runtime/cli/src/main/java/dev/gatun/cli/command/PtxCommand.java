package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Judges PTX kernels without a GPU; see its subcommands. */
@Command(
        name = "ptx",
        description = "Check, run and count PTX kernels without a GPU.",
        synopsisSubcommandLabel = "COMMAND")
public final class PtxCommand {

    private PtxCommand() {}

    /** The command with its subcommands. */
    public static CommandLine line(Console console, Map<String, String> environment) {
        return new CommandLine(new PtxCommand())
                .addSubcommand(new PtxCheckCommand(console))
                .addSubcommand(new PtxRunCommand(console))
                .addSubcommand(new PtxStatsCommand(console, environment));
    }
}
