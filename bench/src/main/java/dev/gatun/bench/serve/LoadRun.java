package dev.gatun.bench.serve;

import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Runs a load. */
public final class LoadRun {
    private final LoadPlan plan;
    private final IntConsumer progress;

    /** @param progress told how many requests have ended, by any thread */
    public LoadRun(LoadPlan plan, IntConsumer progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Runs it to its end. */
    public List<RequestTimes> run() throws InterruptedException {
        List<LoadPlan.Item> items = plan.items();
        ConcurrentLinkedQueue<RequestTimes> ended = new ConcurrentLinkedQueue<>();
        try (HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long begin = System.nanoTime();
            LoadClient client = new LoadClient(http, plan, begin);
            List<Future<?>> running = new ArrayList<>();
            if (plan.rate().isPresent()) {
                for (LoadPlan.Item item : items) {
                    waitUntil(begin + item.dueNanos());
                    running.add(clients.submit(() -> {
                        ended.add(client.run(item, item.dueNanos()));
                        progress.accept(ended.size());
                        return null;
                    }));
                }
            } else {
                ConcurrentLinkedQueue<LoadPlan.Item> queue = new ConcurrentLinkedQueue<>(items);
                for (int i = 0; i < plan.concurrency(); i++) {
                    running.add(clients.submit(() -> {
                        for (LoadPlan.Item item = queue.poll(); item != null; item = queue.poll()) {
                            ended.add(client.run(item, System.nanoTime() - begin));
                            progress.accept(ended.size());
                        }
                        return null;
                    }));
                }
            }
            for (Future<?> future : running) {
                try {
                    future.get();
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a client failed: " + e.getCause(), e);
                }
            }
        }
        return List.copyOf(ended);
    }

    private static void waitUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(50)));
        }
    }
}
