package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.beam.BeamParams;
import dev.gatun.sampler.beam.EarlyStopping;
import dev.gatun.server.ApiException;
import dev.gatun.server.Limits;
import dev.gatun.server.json.Fields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** How tokens are chosen, and how many answers there are, from a request's fields. */
final class SamplingFields {
    private static final double MOST_TEMPERATURE = 2;
    private static final double MOST_PENALTY = 2;
    private static final double MOST_BIAS = 100;
    private static final int MOST_LOGPROBS = 20;

    private final Fields fields;
    private final Limits limits;

    SamplingFields(Fields fields, Limits limits) {
        this.fields = fields;
        this.limits = limits;
    }

    /**
     * The fields that both endpoints share.
     *
     * @param maxTokens of the answer; empty for as many as the context holds
     * @param logprobs how many of the best tokens to report; empty for none
     */
    SamplingParams params(OptionalInt maxTokens, OptionalInt logprobs) {
        boolean search = choices("num_beams") > 1;
        SamplingParams.Builder builder = SamplingParams.builder();
        builder.temperature(number("temperature", 0, MOST_TEMPERATURE).orElse(search ? 0 : 1));
        fields.number("top_p").ifPresent(builder::topP);
        topK().ifPresent(builder::topK);
        fields.number("min_p").ifPresent(builder::minP);
        fields.number("typical_p").ifPresent(builder::typicalP);
        fields.number("repetition_penalty").ifPresent(builder::repetitionPenalty);
        number("presence_penalty", -MOST_PENALTY, MOST_PENALTY).ifPresent(builder::presencePenalty);
        number("frequency_penalty", -MOST_PENALTY, MOST_PENALTY).ifPresent(builder::frequencyPenalty);
        fields.wholeNumber("seed").ifPresent(builder::seed);
        maxTokens.ifPresent(builder::maxTokens);
        fields.integer("min_tokens").ifPresent(builder::minTokens);
        logprobs.ifPresent(builder::logprobs);
        Constraints.of(fields).ifPresent(builder::constraint);
        return builder.logitBias(logitBias())
                .stop(stop())
                .stopTokenIds(fields.integers("stop_token_ids"))
                .ignoreEos(fields.bool("ignore_eos").orElse(false))
                .build();
    }

    /** The request, with as many answers as its fields ask for. */
    Request answers(Request request) {
        int n = choices("n");
        int beams = choices("num_beams");
        OptionalInt promptLogprobs = logprobs("prompt_logprobs");
        Request asked = promptLogprobs.isPresent() ? request.withPromptLogprobs(promptLogprobs.getAsInt()) : request;
        if (beams > 1) {
            return asked.withBeams(BeamParams.of(beams)
                            .withNumReturnSequences(n)
                            .withLengthPenalty(fields.number("length_penalty").orElse(1))
                            .withEarlyStopping(earlyStopping()))
                    .checked();
        }
        for (String name : List.of("length_penalty", "early_stopping")) {
            if (fields.has(name)) {
                throw ApiException.invalid(name, name + " belongs to a search; add num_beams of 2 or more.");
            }
        }
        Request several = n > 1 ? asked.withN(n) : asked;
        return fields.has("best_of") ? several.withBestOf(choices("best_of")).checked() : several.checked();
    }

    /** Whether the order of the answers is known only at the end. */
    boolean ranksAnswers() {
        return fields.has("best_of") || choices("num_beams") > 1;
    }

    /** How many of the best tokens a field asks for. */
    OptionalInt logprobs(String name) {
        OptionalInt most = fields.integer(name);
        if (most.isPresent() && (most.getAsInt() < 0 || most.getAsInt() > MOST_LOGPROBS)) {
            throw ApiException.invalid(name, name + " is " + most.getAsInt() + "; give 0 to " + MOST_LOGPROBS + ".");
        }
        return most;
    }

    private int choices(String name) {
        int count = fields.integer(name).orElse(1);
        if (count < 1 || count > limits.choices()) {
            throw ApiException.invalid(name, name + " is " + count + "; give 1 to " + limits.choices() + ".");
        }
        return count;
    }

    private OptionalInt topK() {
        OptionalInt k = fields.integer("top_k");
        return k.isPresent() && k.getAsInt() == -1 ? OptionalInt.of(0) : k; // both are in use for "all"
    }

    private EarlyStopping earlyStopping() {
        Object value = fields.value("early_stopping");
        if (value == null || value.equals(false)) {
            return EarlyStopping.FALSE;
        }
        if (value.equals(true)) {
            return EarlyStopping.TRUE;
        }
        if (value.equals("never")) {
            return EarlyStopping.NEVER;
        }
        throw ApiException.invalid("early_stopping", "early_stopping is " + value + "; give true, false or \"never\".");
    }

    private OptionalDouble number(String name, double least, double most) {
        OptionalDouble number = fields.number(name);
        if (number.isPresent() && !(number.getAsDouble() >= least && number.getAsDouble() <= most)) {
            throw ApiException.invalid(
                    name, name + " is " + number.getAsDouble() + "; give " + least + " to " + most + ".");
        }
        return number;
    }

    private Map<Integer, Float> logitBias() {
        Map<Integer, Float> biases = new HashMap<>();
        Fields object = fields.object("logit_bias").orElse(null);
        if (object == null) {
            return biases;
        }
        if (object.names().size() > limits.logitBias()) {
            throw ApiException.invalid(
                    "logit_bias",
                    "logit_bias has " + object.names().size() + " entries; give at most " + limits.logitBias() + ".");
        }
        for (String name : object.names()) {
            double bias = object.number(name).orElse(0);
            if (!(Math.abs(bias) <= MOST_BIAS)) {
                throw ApiException.invalid(
                        "logit_bias", "logit_bias of " + name + " is " + bias + "; give -100 to 100.");
            }
            try {
                biases.put(Integer.parseInt(name), (float) bias);
            } catch (NumberFormatException e) {
                throw ApiException.invalid("logit_bias", "logit_bias has the name " + name + "; give token ids.");
            }
        }
        return biases;
    }

    private List<String> stop() {
        List<String> stops = fields.strings("stop");
        if (stops.size() > limits.stops()) {
            throw ApiException.invalid(
                    "stop", "stop has " + stops.size() + " strings; give at most " + limits.stops() + ".");
        }
        for (String stop : stops) {
            if (stop.isEmpty() || stop.length() > limits.stopCharacters()) {
                throw ApiException.invalid(
                        "stop",
                        "a stop string has " + stop.length() + " characters; give 1 to " + limits.stopCharacters()
                                + ".");
            }
        }
        return stops;
    }
}
