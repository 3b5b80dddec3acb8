package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Answer;
import dev.gatun.runtime.engine.FinishReason;
import dev.gatun.runtime.engine.Generation;
import dev.gatun.runtime.engine.GenerationException;
import dev.gatun.runtime.engine.TokenLogprobs;
import dev.gatun.server.ApiException;
import dev.gatun.server.EventStream;
import dev.gatun.server.json.ErrorText;
import dev.gatun.server.metrics.ServerMetrics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends answers piece by piece as they come; several answers take turns in one stream, each piece with its number. */
final class AnswerStream {
    private final EventStream events;
    private final Frame frame;
    private final Call call;
    private final List<Generation> generations;
    private final ServerMetrics metrics;
    private final long begin;
    private final AtomicReference<@Nullable ApiException> failure = new AtomicReference<>();

    AnswerStream(
            EventStream events,
            Frame frame,
            Call call,
            List<Generation> generations,
            ServerMetrics metrics,
            long begin) {
        this.events = events;
        this.frame = frame;
        this.call = call;
        this.generations = generations;
        this.metrics = metrics;
        this.begin = begin;
    }

    /**
     * Sends all of it; waits for the end.
     *
     * @param late gives what to tell a client whose answer took too long, or null where it did not
     */
    void run(Supplier<@Nullable ApiException> late) {
        int each = call.answersEach();
        CountDownLatch ended = new CountDownLatch(generations.size() * (call.ranked() ? 1 : each));
        for (int g = 0; g < generations.size(); g++) {
            int number = g;
            for (int a = 0; a < (call.ranked() ? 1 : each); a++) {
                int answer = a;
                Thread.ofVirtual().name("gatun-stream-", 0).start(() -> {
                    try {
                        if (call.ranked()) {
                            sendRanked(generations.get(number), number * each);
                        } else {
                            sendPieces(generations.get(number), answer, number * each + answer);
                        }
                    } catch (GenerationException e) {
                        failure.set(ApiException.failed(String.valueOf(e.getMessage())));
                    } finally {
                        ended.countDown();
                    }
                });
            }
        }
        await(ended);
        close(late);
    }

    private void await(CountDownLatch ended) {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                generations.forEach(Generation::cancel);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void close(Supplier<@Nullable ApiException> late) {
        ApiException error = failure.get();
        if (error == null) {
            error = late.get();
        }
        if (error != null) {
            events.send(ErrorText.of(error)); // and no [DONE]
        } else {
            if (call.usage()) {
                events.send(frame.usage(Frame.Usage.of(generations)));
            }
            events.send("[DONE]");
        }
        events.end();
    }

    private void sendPieces(Generation generation, int answer, int index) {
        call.format().opening(index).ifPresent(opening -> events.send(frame.piece(opening)));
        int reported = 0;
        long last = begin;
        while (true) {
            Optional<String> text = generation.next(answer);
            if (text.isEmpty()) {
                break;
            }
            List<TokenLogprobs> tokens = generation.logprobs(answer, reported);
            boolean taken = events.send(frame.piece(call.format().piece(index, text.get(), tokens)));
            if (!taken) {
                generation.cancel();
            }
            long now = System.nanoTime();
            if (last == begin) {
                metrics.firstToken((now - begin) / 1e9);
            } else {
                metrics.nextToken((now - last) / 1e9);
            }
            last = now;
            reported += tokens.size();
        }
        FinishReason reason = generation.finishReason(answer);
        if (reason == FinishReason.STOP || reason == FinishReason.LENGTH) {
            events.send(frame.piece(call.format().closing(index, reason)));
        }
    }

    private void sendRanked(Generation generation, int index) {
        int place = index;
        for (Answer answer : generation.answers()) {
            int number = place++;
            call.format().opening(number).ifPresent(opening -> events.send(frame.piece(opening)));
            events.send(frame.piece(call.format().piece(number, answer.text(), answer.logprobs())));
            events.send(frame.piece(call.format().closing(number, answer.finishReason())));
        }
    }
}
