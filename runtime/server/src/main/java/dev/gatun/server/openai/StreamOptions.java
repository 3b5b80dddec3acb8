package dev.gatun.server.openai;

import dev.gatun.server.ApiException;
import dev.gatun.server.json.Fields;

/** The field {@code stream_options}. */
final class StreamOptions {

    private StreamOptions() {}

    /** Whether a stream ends with what it took. */
    static boolean usage(Fields request, boolean stream) {
        return request.object("stream_options")
                .map(options -> {
                    if (!stream) {
                        throw ApiException.invalid("stream_options", "stream_options is given without stream.");
                    }
                    return options.bool("include_usage").orElse(false);
                })
                .orElse(false);
    }
}
