package dev.gatun.bench.command;

import dev.gatun.cli.CommandSource;
import dev.gatun.cli.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Brings {@code gatun bench}. */
public final class BenchCommands implements CommandSource {

    @Override
    public CommandLine command(Console console) {
        return new CommandLine(new Bench())
                .addSubcommand(new GpuCommand(console))
                .addSubcommand(new LoadCommand(console));
    }

    @Command(
            name = "bench",
            description = "Measure this machine, its kernels and models.",
            synopsisSubcommandLabel = "COMMAND")
    private static final class Bench {}
}
