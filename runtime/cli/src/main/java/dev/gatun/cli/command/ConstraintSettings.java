package dev.gatun.cli.command;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.sampler.Constraint;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.constraint.Grammar;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what an answer must look like. */
final class ConstraintSettings {

    @Option(
            names = "--json-schema",
            paramLabel = "FILE",
            description = "Answer in JSON that this schema says is valid.")
    private @Nullable Path schema;

    @Option(names = "--json-object", description = "Answer with one JSON object.")
    private boolean object;

    @Option(names = "--grammar", paramLabel = "FILE", description = "Answer with a text of this grammar (GBNF).")
    private @Nullable Path grammar;

    @Option(names = "--regex", paramLabel = "PATTERN", description = "Answer with a text that matches as a whole.")
    private @Nullable String regex;

    /**
     * The same options of sampling, with the constraint if one is given.
     *
     * @throws InvalidInputException if several are given, or a file can not be read
     */
    SamplingParams with(SamplingParams sampling) {
        int given = (schema != null ? 1 : 0) + (object ? 1 : 0) + (grammar != null ? 1 : 0) + (regex != null ? 1 : 0);
        if (given > 1) {
            throw new InvalidInputException(
                    "--json-schema, --json-object, --grammar and --regex exclude each other; give one of them.");
        }
        return constraint()
                .map(constraint -> sampling.toBuilder().constraint(constraint).build())
                .orElse(sampling);
    }

    private Optional<Constraint> constraint() {
        if (schema != null) {
            return Optional.of(Grammar.jsonSchema(PromptText.read(schema)));
        }
        if (grammar != null) {
            return Optional.of(Grammar.gbnf(PromptText.read(grammar)));
        }
        if (regex != null) {
            return Optional.of(Grammar.regex(regex));
        }
        return object ? Optional.of(Grammar.jsonObject()) : Optional.empty();
    }
}
