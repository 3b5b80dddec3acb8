package dev.gatun.server.openai;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.Request;
import dev.gatun.sampler.InvalidSamplingException;
import dev.gatun.sampler.constraint.InvalidConstraintException;
import dev.gatun.server.ApiException;
import dev.gatun.server.Limits;
import java.util.Arrays;
import java.util.List;

/** The way of requests into the engine: within the queue's bound and the context, or refused with the reason. */
final class Admission {
    private final Engine engine;
    private final Limits limits;
    private int inFlight;
    private boolean draining;

    Admission(Engine engine, Limits limits) {
        this.engine = engine;
        this.limits = limits;
    }

    /** Takes a place for each of so many requests, until {@link #leave}. */
    synchronized void enter(int requests) {
        if (draining) {
            throw ApiException.unavailable("The server is shutting down; ask another one, or later.");
        }
        if (engine.stats().waiting() + requests > limits.queued()) {
            throw ApiException.unavailable(
                    "The server has " + limits.queued() + " requests waiting, as many as it takes; try again later.");
        }
        inFlight += requests;
    }

    synchronized void leave(int requests) {
        inFlight -= requests;
        notifyAll();
    }

    /** Lets nobody in from now on. */
    synchronized void drain() {
        draining = true;
    }

    synchronized boolean isDraining() {
        return draining;
    }

    /**
     * Waits until nobody is in.
     *
     * @return whether that came before the time was over
     */
    synchronized boolean awaitEmpty(long milliseconds) throws InterruptedException {
        long deadline = System.nanoTime() + milliseconds * 1_000_000;
        while (inFlight > 0) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** The prompt's tokens, if they and the answer fit the context. */
    List<Integer> tokens(Request request, int maxTokens) {
        return translating(() -> {
            int[] prompt = engine.promptTokens(request);
            int context = engine.stats().context();
            long wanted = prompt.length + (long) Math.max(1, maxTokens);
            if (wanted > context) {
                throw new ApiException(
                        400,
                        "invalid_request_error",
                        "max_tokens",
                        "context_length_exceeded",
                        "The prompt has " + prompt.length + " tokens and the answer may have " + Math.max(1, maxTokens)
                                + ", together " + wanted + "; the context holds " + context
                                + ". Shorten the prompt or lower max_tokens.");
            }
            return Arrays.stream(prompt).boxed().toList();
        });
    }

    /** Starts a generation. */
    Generation submit(Request request) {
        return translating(() -> engine.submit(request));
    }

    /** What can throw the refusals of engine and sampler. */
    interface Attempt<T> {
        T run();
    }

    /** Runs an attempt; what is refused becomes status 400. */
    static <T> T translating(Attempt<T> attempt) {
        try {
            return attempt.run();
        } catch (InvalidSamplingException e) {
            throw ApiException.invalid(e.option(), String.valueOf(e.getMessage()));
        } catch (InvalidConstraintException e) {
            throw ApiException.invalid("response_format", String.valueOf(e.getMessage()));
        } catch (InvalidInputException e) {
            throw new ApiException(400, "invalid_request_error", null, null, String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            throw ApiException.unavailable("The engine is closed: " + e.getMessage() + ".");
        }
    }
}
