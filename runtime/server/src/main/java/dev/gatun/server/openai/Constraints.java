package dev.gatun.server.openai;

import dev.gatun.sampler.Constraint;
import dev.gatun.sampler.constraint.Grammar;
import dev.gatun.server.ApiException;
import dev.gatun.server.json.Fields;
import dev.gatun.server.json.JsonText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What an answer must look like, from {@code response_format} or vLLM's {@code structured_outputs}. */
final class Constraints {

    private Constraints() {}

    static Optional<Constraint> of(Fields request) {
        Optional<Constraint> format = request.object("response_format").flatMap(Constraints::responseFormat);
        Optional<Constraint> structured = request.object("structured_outputs").map(Constraints::structured);
        if (format.isPresent() && structured.isPresent()) {
            throw ApiException.invalid(
                    "structured_outputs",
                    "response_format and structured_outputs exclude each other; give one of them.");
        }
        return format.or(() -> structured);
    }

    private static Optional<Constraint> responseFormat(Fields format) {
        String type = format.requiredString("type");
        return switch (type) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(Grammar.jsonObject());
            case "json_schema" -> {
                Fields schema = format.object("json_schema")
                        .flatMap(inner -> inner.object("schema"))
                        .orElseThrow(() -> ApiException.invalid(
                                "response_format", "response_format.json_schema.schema is missing."));
                yield Optional.of(Grammar.jsonSchema(JsonText.write(schema.plain())));
            }
            default ->
                throw ApiException.invalid(
                        "response_format",
                        "response_format.type is " + type + "; give text, json_object or json_schema.");
        };
    }

    private static Constraint structured(Fields outputs) {
        List<String> kinds = List.of("json", "regex", "choice", "grammar").stream()
                .filter(outputs::has)
                .toList();
        if (kinds.size() != 1) {
            throw ApiException.invalid(
                    "structured_outputs", "structured_outputs needs one of json, regex, choice, grammar.");
        }
        return switch (kinds.getFirst()) {
            case "json" ->
                Grammar.jsonSchema(
                        outputs.value("json") instanceof String text ? text : JsonText.write(outputs.value("json")));
            case "regex" -> Grammar.regex(outputs.requiredString("regex"));
            case "grammar" -> Grammar.gbnf(outputs.requiredString("grammar"));
            default ->
                Grammar.regex(outputs.strings("choice").stream()
                        .map(Constraints::literally)
                        .collect(Collectors.joining("|")));
        };
    }

    private static String literally(String text) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ("\\^$.|?*+()[]{}/-".indexOf(c) >= 0) {
                pattern.append('\\');
            }
            pattern.append(c);
        }
        return pattern.toString();
    }
}
