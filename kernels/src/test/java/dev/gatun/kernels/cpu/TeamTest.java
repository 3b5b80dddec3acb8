package dev.gatun.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TeamTest {

    @ParameterizedTest(name = "{0} threads, {1} parts")
    @CsvSource({"1, 0", "1, 1", "1, 9", "2, 0", "2, 1", "2, 2", "2, 207", "3, 2", "3, 31", "5, 4", "5, 1000"})
    void runsEveryPartOnceAndOnlyOnWorkersOfItsSize(int size, int parts) {
        try (Team team = new Team(size)) {
            assertEquals(size, team.size());
            for (int repetition = 0; repetition < 200; repetition++) {
                AtomicIntegerArray done = new AtomicIntegerArray(parts);
                team.run(
                        (part, worker) -> {
                            assertTrue(worker >= 0 && worker < size);
                            done.incrementAndGet(part);
                        },
                        parts);
                for (int part = 0; part < parts; part++) {
                    assertEquals(1, done.get(part));
                }
            }
        }
    }

    @Test
    void noTwoThreadsAreTheSameWorkerAtOnce() {
        try (Team team = new Team(3)) {
            AtomicIntegerArray busy = new AtomicIntegerArray(3);
            for (int repetition = 0; repetition < 50; repetition++) {
                team.run(
                        (part, worker) -> {
                            assertEquals(1, busy.incrementAndGet(worker));
                            Thread.onSpinWait();
                            assertEquals(0, busy.decrementAndGet(worker));
                        },
                        100);
            }
        }
    }

    @Test
    void publishesWhatThePartsWroteToTheCallerAndTheNextTask() {
        try (Team team = new Team(3)) {
            int[] plain = new int[64];
            for (int repetition = 1; repetition <= 2_000; repetition++) {
                int value = repetition;
                team.run((part, worker) -> plain[part] = plain[(part + 7) % 64] >= 0 ? value : -1, 64);
                for (int part = 0; part < 64; part++) {
                    assertEquals(value, plain[part]);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void throwsTheExceptionOfAnyPartAndWorksOn(int size) {
        try (Team team = new Team(size)) {
            for (int bad : new int[] {0, 1, 50, 99}) {
                IllegalArgumentException thrown = new IllegalArgumentException("part " + bad);
                assertSame(
                        thrown,
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> team.run(
                                        (part, worker) -> {
                                            if (part == bad) {
                                                throw thrown;
                                            }
                                        },
                                        100)));
                int[] done = new int[100];
                team.run((part, worker) -> done[part] = 1, 100);
                assertEquals(100, Arrays.stream(done).sum());
            }
        }
    }

    @Test
    void anErrorOfAPartIsNotLost() {
        try (Team team = new Team(2)) {
            StackOverflowError error = new StackOverflowError("deep");
            Throwable thrown = assertThrows(
                    Throwable.class,
                    () -> team.run(
                            (part, worker) -> {
                                throw error;
                            },
                            10));
            assertTrue(error.equals(thrown) || error.equals(thrown.getCause()), thrown::toString);
        }
    }

    @Test
    void closeStopsTheThreads() throws InterruptedException {
        List<Thread> before = workers();
        Team team = new Team(4);
        List<Thread> started = workers();
        started.removeAll(before);
        assertEquals(3, started.size());
        team.run((part, worker) -> {}, 100);
        team.close();
        team.close();
        for (Thread thread : started) {
            assertTrue(thread.isDaemon());
            thread.join(Duration.ofSeconds(10));
            assertFalse(thread.isAlive());
        }
    }

    @Test
    void refusesWorkAfterClose() {
        Team team = new Team(2);
        team.close();
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThrows(IllegalStateException.class, () -> team.run((part, worker) -> {}, 10)));
    }

    @Test
    void idleThreadsDoNotSpin() throws InterruptedException {
        List<Thread> before = workers();
        try (Team team = new Team(3)) {
            team.run((part, worker) -> {}, 100);
            List<Thread> idle = workers();
            idle.removeAll(before);
            Thread.sleep(200);
            long cpu = cpuNanos(idle);
            Thread.sleep(300);
            long spent = cpuNanos(idle) - cpu;
            assertTrue(spent < 30_000_000, () -> spent + " ns of processor time in 300 ms of idling");
        }
    }

    private static long cpuNanos(List<Thread> threads) {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        return threads.stream()
                .mapToLong(thread -> bean.getThreadCpuTime(thread.threadId()))
                .sum();
    }

    private static List<Thread> workers() {
        return new ArrayList<>(Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("gatun-cpu-"))
                .toList());
    }
}
