package dev.gatun.sampler.constraint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;

/** What another implementation says of a text and a schema, formats included. */
final class Validator {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final JsonSchema schema;

    Validator(String schema) {
        var config =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        try {
            this.schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(JSON.readTree(schema), config);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(schema, e);
        }
    }

    /** The faults of a text; empty if it is valid. */
    String faults(String text) {
        try {
            JsonNode value = JSON.readTree(text);
            return String.join(
                    "; ", schema.validate(value).stream().map(Object::toString).toList());
        } catch (JsonProcessingException e) {
            return "no JSON: " + e.getOriginalMessage();
        }
    }
}
