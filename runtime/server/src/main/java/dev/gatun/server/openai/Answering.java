package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.FinishReason;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.GenerationException;
import dev.gatun.runtime.engine.Request;
import dev.gatun.server.ApiException;
import dev.gatun.server.Exchange;
import dev.gatun.server.Limits;
import dev.gatun.server.Reply;
import dev.gatun.server.metrics.ServerMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs what clients ask for, and sees to it that a client who goes, or a request that takes too long, ends there. */
final class Answering implements AutoCloseable {
    private final Admission admission;
    private final ServerMetrics metrics;
    private final Limits limits;
    private final String modelName;
    private final LogprobsText logprobs;
    private final ScheduledExecutorService alarms = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("gatun-alarms").daemon().factory());

    Answering(Engine engine, Admission admission, ServerMetrics metrics, Limits limits, String modelName) {
        this.admission = admission;
        this.metrics = metrics;
        this.limits = limits;
        this.modelName = modelName;
        this.logprobs = new LogprobsText(engine);
    }

    /**
     * Answers.
     *
     * @throws ApiException if the request is refused, or failed before its first piece
     */
    void answer(Exchange exchange, Call call) {
        long begin = System.nanoTime();
        admission.enter(call.requests().size());
        List<Generation> generations = new ArrayList<>();
        try {
            for (Request request : call.requests()) {
                generations.add(admission.submit(request));
            }
        } catch (ApiException e) {
            generations.forEach(Generation::cancel);
            admission.leave(call.requests().size());
            throw e;
        }
        AtomicBoolean late = new AtomicBoolean();
        exchange.whenGone(() -> generations.forEach(Generation::cancel));
        ScheduledFuture<?> alarm = alarms.schedule(
                () -> {
                    late.set(true);
                    generations.forEach(Generation::cancel);
                },
                limits.requestTime().toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            Frame frame = new Frame(call.format(), modelName, call.usage());
            if (call.stream()) {
                new AnswerStream(exchange.events(), frame, call, generations, metrics, begin)
                        .run(() -> late.get() ? tooLate() : null);
            } else {
                exchange.reply(whole(frame, call, generations, late::get, begin));
            }
        } finally {
            alarm.cancel(false);
            generations.forEach(Generation::cancel); // nothing where all has ended
            count(generations, begin);
            admission.leave(call.requests().size());
        }
    }

    private Reply whole(Frame frame, Call call, List<Generation> generations, BooleanSupplier late, long begin) {
        List<Map<String, @Nullable Object>> choices = new ArrayList<>();
        Map<String, @Nullable Object> more = new LinkedHashMap<>();
        boolean first = true;
        for (Generation generation : generations) {
            for (Answer answer : answers(generation)) {
                if (answer.finishReason() == FinishReason.CANCELLED && late.getAsBoolean()) {
                    throw tooLate();
                }
                choices.add(call.format().choice(choices.size(), generation, answer));
            }
            if (first) {
                metrics.firstToken((System.nanoTime() - begin) / 1e9);
                first = false;
            }
            if (call.promptLogprobs()) {
                more.put("prompt_logprobs", logprobs.ofPrompt(generation.promptLogprobs()));
            }
        }
        Reply reply = Reply.json(frame.whole(choices, Frame.Usage.of(generations), more));
        return call.unknown().isEmpty() ? reply : reply.with("x-gatun-ignored", String.join(", ", call.unknown()));
    }

    /** What a client is told whose answer took too long. */
    private ApiException tooLate() {
        return new ApiException(
                504,
                "server_error",
                null,
                "timeout",
                "The answer took more than " + limits.requestTime().toSeconds() + " s and was ended.");
    }

    private static List<Answer> answers(Generation generation) {
        try {
            return generation.answers();
        } catch (GenerationException e) {
            throw ApiException.failed(String.valueOf(e.getMessage()));
        }
    }

    private void count(List<Generation> generations, long begin) {
        for (Generation generation : generations) {
            String reason;
            try {
                reason = switch (generation.await()) {
                    case STOP -> "stop";
                    case LENGTH -> "length";
                    case CANCELLED -> "abort";
                    case ERROR -> "error";
                };
            } catch (GenerationException e) {
                reason = "error";
            }
            metrics.finished(reason, (System.nanoTime() - begin) / 1e9, generation.metrics());
        }
    }

    @Override
    public void close() {
        alarms.shutdownNow();
    }
}
