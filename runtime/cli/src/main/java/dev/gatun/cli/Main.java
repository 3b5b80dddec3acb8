package dev.gatun.cli;

import dev.gatun.cli.command.AsmCommand;
import dev.gatun.cli.command.ChatCommand;
import dev.gatun.cli.command.DoctorCommand;
import dev.gatun.cli.command.EvalCommand;
import dev.gatun.cli.command.ExplainCommand;
import dev.gatun.cli.command.InspectCommand;
import dev.gatun.cli.command.PlanCommand;
import dev.gatun.cli.command.PtxCommand;
import dev.gatun.cli.command.PullCommand;
import dev.gatun.cli.command.RenderCommand;
import dev.gatun.cli.command.RunCommand;
import dev.gatun.cli.command.ServeCommand;
import dev.gatun.cli.command.TokenizeCommand;
import dev.gatun.cli.pull.ModelStore;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The entrance: reads the command line, runs the command, turns what happened into an exit code. */
@Command(
        name = "gatun",
        description = "Runs large language models on this machine.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class)
public final class Main {
    private final Console console;

    private Main(Console console) {
        this.console = console;
    }

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Say more: what each phase did; stack traces of errors.")
    void verbose(boolean verbose) {
        console.verbose(verbose);
    }

    /** Runs the process. */
    public static void main(String[] arguments) {
        // Threads that still compute, or a terminal's reader, must not keep the process.
        System.exit(execute(Console.system(), arguments));
    }

    /** Runs one command line and returns its {@link ExitCode}. */
    static int execute(Console console, String... arguments) {
        Failures failures = new Failures(console);
        CommandLine line = commandLine(console, failures);
        int exitCode;
        try {
            exitCode = line.execute(arguments);
        } catch (Error e) {
            exitCode = failures.report(e);
        }
        try {
            line.getOut().flush();
            console.flush();
        } catch (ReaderGoneException e) {
            return ExitCode.OK;
        }
        return exitCode;
    }

    static CommandLine commandLine(Console console, Failures failures) {
        ModelStore models = ModelStore.ofUser(System.getenv());
        CommandLine line = new CommandLine(new Main(console))
                .addSubcommand(new RunCommand(console, models))
                .addSubcommand(new ChatCommand(console, models))
                .addSubcommand(new ServeCommand(console, models, System.getenv()))
                .addSubcommand(new TokenizeCommand(console, models))
                .addSubcommand(new RenderCommand(console, models))
                .addSubcommand(new InspectCommand(console, models))
                .addSubcommand(new PlanCommand(console, models))
                .addSubcommand(new ExplainCommand(console, models))
                .addSubcommand(EvalCommand.line(console, models))
                .addSubcommand(PtxCommand.line(console, System.getenv()))
                .addSubcommand(new AsmCommand(console))
                .addSubcommand(new PullCommand(console, models))
                .addSubcommand(new DoctorCommand(console, models));
        ServiceLoader.load(CommandSource.class).forEach(source -> line.addSubcommand(source.command(console)));
        return line.setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures)
                .setOut(new PrintWriter(console.out(), false, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(Help.defaultColorScheme(console.outIsTerminal() ? Ansi.AUTO : Ansi.OFF))
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100);
    }
}
