package dev.gatun.cli;

import dev.gatun.cuda.CudaException;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.engine.GenerationException;
import dev.gatun.sampler.InvalidSamplingException;
import dev.gatun.sampler.constraint.InvalidConstraintException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one or two sentences on standard error and an {@link ExitCode}. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Console console;

    Failures(Console console) {
        this.console = console;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        console.note("gatun: " + sentence(e.getMessage()) + suggestions(e) + " See: " + name + " --help");
        trace(e);
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
        return report(e);
    }

    /** Says it; knows the exit code. */
    int report(Throwable e) {
        if (e instanceof ReaderGoneException) {
            return ExitCode.OK;
        }
        console.note("gatun: " + message(e));
        trace(e);
        return exitCode(e);
    }

    private void trace(Throwable e) {
        if (console.isVerbose()) {
            e.printStackTrace(console.err());
        }
    }

    private static int exitCode(Throwable e) {
        return switch (e) {
            case CommandException known -> known.exitCode();
            case InvalidInputException input -> ExitCode.USAGE;
            case InvalidSamplingException option -> ExitCode.USAGE;
            case InvalidConstraintException constraint -> ExitCode.USAGE;
            case GenerationException failed when failed.getCause() != null -> exitCode(failed.getCause());
            case MissingCapabilityException lacking -> ExitCode.LACKING;
            case OutOfMemoryError memory -> ExitCode.LACKING;
            default -> ExitCode.FAILED;
        };
    }

    private static String message(@Nullable Throwable e) {
        return switch (e) {
            case CommandException known -> sentence(known.getMessage());
            case InvalidInputException input -> sentence(input.getMessage());
            case InvalidSamplingException option -> sentence(option.getMessage());
            case InvalidConstraintException constraint -> sentence(constraint.getMessage());
            case GenerationException failed when failed.getCause() != null -> message(failed.getCause());
            case MissingCapabilityException lacking -> sentence(lacking.getMessage());
            case CudaException gpu -> sentence(gpu.getMessage());
            case OutOfMemoryError memory -> "There is not enough memory: " + sentence(memory.getMessage());
            case null -> "Something unexpected happened.";
            case UncheckedIOException io -> message(io.getCause());
            case IOException io -> "Reading or writing failed: " + sentence(io.toString());
            default -> "Something unexpected happened: " + sentence(e.toString()) + " --verbose shows where.";
        };
    }

    private static String suggestions(ParameterException e) {
        return e instanceof UnmatchedArgumentException unmatched
                        && !unmatched.getSuggestions().isEmpty()
                ? " Did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?"
                : "";
    }

    private static String sentence(@Nullable String text) {
        String plain = String.valueOf(text).strip();
        return plain.matches("(?s).*[.!?)]") ? plain : plain + ".";
    }
}
