package dev.gatun.server.openai;

import dev.gatun.server.ApiException;
import dev.gatun.server.json.Fields;

/** The one model that is served. */
record ModelName(String name) {

    /** Refuses a request for another model. */
    void check(Fields request) {
        request.string("model").filter(asked -> !asked.equals(name)).ifPresent(asked -> {
            throw new ApiException(
                    404,
                    "invalid_request_error",
                    "model",
                    "model_not_found",
                    "There is no model " + asked + " here; the one that is served is " + name + ".");
        });
    }
}
