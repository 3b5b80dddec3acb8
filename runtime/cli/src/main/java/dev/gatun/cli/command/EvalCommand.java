package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.pull.ModelStore;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Judges a model's predictions; see its subcommands. */
@Command(
        name = "eval",
        description = "Judge a model's predictions: perplexity, divergence, logits.",
        synopsisSubcommandLabel = "COMMAND")
public final class EvalCommand {

    private EvalCommand() {}

    /** The command with its subcommands. */
    public static CommandLine line(Console console, ModelStore models) {
        return new CommandLine(new EvalCommand())
                .addSubcommand(new PerplexityCommand(console, models))
                .addSubcommand(new DivergenceCommand(console, models))
                .addSubcommand(new LogitsCommand(console, models));
    }
}
