package dev.gatun.runtime.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;

/** What another implementation of JSON Schema says of texts, formats included. */
final class JsonFaults {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonSchema schema;

    JsonFaults(String schema) {
        var config =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        this.schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema, config);
    }

    /** The faults of a text; empty if it is valid. */
    String of(String text) {
        try {
            return String.join(
                    "; ",
                    schema.validate(JSON.readTree(text)).stream()
                            .map(Object::toString)
                            .toList());
        } catch (JsonProcessingException e) {
            return "no JSON: " + e.getOriginalMessage();
        }
    }
}
