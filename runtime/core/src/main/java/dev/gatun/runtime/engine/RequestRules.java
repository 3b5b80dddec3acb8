package dev.gatun.runtime.engine;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.sampler.InvalidSamplingException;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.beam.BeamParams;

/** What holds between the parts of a {@link Request}. */
final class RequestRules {
    private static final int MOST_LOGPROBS = 20;

    private RequestRules() {}

    /**
     * Refuses what contradicts itself.
     *
     * @throws InvalidInputException or {@link InvalidSamplingException}, naming the option and what is wrong
     */
    static void check(Request request) {
        within("n", request.n(), Request.MOST_CHOICES);
        request.promptLogprobs().ifPresent(most -> {
            if (most < 0 || most > MOST_LOGPROBS) {
                throw new InvalidInputException(
                        "prompt_logprobs is " + most + "; expected 0 to " + MOST_LOGPROBS + ".");
            }
        });
        if (request.negative() != null && request.sampling().guidanceScale() == 1) {
            throw new InvalidInputException(
                    "negative_prompt is given, but guidance_scale is 1, which leaves it no effect;"
                            + " set it above 1, such as 1.5, to lead away from it.");
        }
        if (request.watch() != null && request.candidates() > 1) {
            throw new InvalidInputException("The choices of " + option(request) + " " + request.candidates()
                    + " can not be explained; ask for one answer.");
        }
        if (request.searchWatch() != null
                && request.beams().map(BeamParams::numBeams).orElse(1) == 1) {
            throw new InvalidInputException("There is no search to explain; ask for num_beams of 2 or more.");
        }
        if (request.beams().isPresent()) {
            checkBeams(request, request.beams().get());
        } else {
            checkChoices(request);
        }
    }

    /**
     * Refuses what is too wide for an engine of so many sequences.
     *
     * @throws InvalidInputException with both numbers
     */
    static void checkWidth(Request request, int sequences) {
        if (request.width() > sequences) {
            boolean isGuided = request.width() > request.candidates();
            throw new InvalidInputException(option(request) + " is " + request.candidates()
                    + (isGuided ? ", guided, so two sequences each," : "") + " and the engine runs at most " + sequences
                    + " sequences at the same time; open it with more (sequences).");
        }
    }

    private static String option(Request request) {
        return request.beams().isPresent() ? "num_beams" : request.bestOf().isPresent() ? "best_of" : "n";
    }

    private static void checkBeams(Request request, BeamParams beams) {
        if (beams.checked().numBeams() > 1) {
            request.sampling().forSearch();
        }
        if (request.n() != 1) {
            throw new InvalidInputException("n is " + request.n()
                    + ", which samples; a search with num_beams returns num_return_sequences answers.");
        }
        if (request.bestOf().isPresent()) {
            throw new InvalidInputException("best_of is " + request.bestOf().getAsInt()
                    + ", which samples; num_beams searches: leave one of them out.");
        }
    }

    private static void checkChoices(Request request) {
        SamplingParams sampling = request.sampling();
        int count = request.bestOf().orElse(request.n());
        within("best_of", count, Request.MOST_CHOICES);
        if (count < request.n()) {
            throw new InvalidInputException(
                    "best_of is " + count + ", which is fewer than the " + request.n() + " answers of n.");
        }
        if (count > 1 && sampling.isGreedy()) {
            throw new InvalidInputException(
                    (request.bestOf().isPresent() ? "best_of is " : "n is ") + count
                            + ", but temperature 0 gives the same answer each time; set a temperature, or search with num_beams.");
        }
    }

    private static void within(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new InvalidInputException(option + " is " + value + "; expected 1 to " + most + ".");
        }
    }
}
