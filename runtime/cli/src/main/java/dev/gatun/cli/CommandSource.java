package dev.gatun.cli;

import picocli.CommandLine;

/** Commands of another module, found with {@link java.util.ServiceLoader}: the command line does not know who judges it. */
public interface CommandSource {

    /** A command with its subcommands, which prints through {@code console}. */
    CommandLine command(Console console);
}
