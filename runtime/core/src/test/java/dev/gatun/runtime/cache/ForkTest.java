package dev.gatun.runtime.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Continuations of one sequence: what they share, what they copy, and that no page is lost or read wrongly. */
class ForkTest {
    private static final int BLOCK = 64;

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 127, 128, 207})
    void sharesFullPagesAndCopiesTheOneThatIsNotFull(int length) {
        KvPool pool = new KvPool(16);
        PageTable parent = new PageTable(pool, 8);
        parent.reserve(length);
        List<Integer> copied = new ArrayList<>();
        PageTable child = new PageTable(pool, 8);
        child.fork(parent, length, (source, target) -> {
            copied.add(source);
            copied.add(target);
        });
        int full = length / BLOCK;
        assertArrayEquals(Arrays.copyOf(parent.pages(), full), Arrays.copyOf(child.pages(), full));
        assertEquals(parent.count(), child.count());
        if (length % BLOCK == 0) {
            assertEquals(List.of(), copied);
        } else {
            assertEquals(List.of(parent.pages()[full], child.pages()[full]), copied);
            assertTrue(parent.pages()[full] != child.pages()[full]);
        }
        assertEquals(parent.count() + copied.size() / 2, pool.held());
        parent.release();
        assertEquals(child.count(), pool.held());
        child.release();
        assertEquals(16, pool.free());
        pool.check();
    }

    @Test
    void refusesToForkIntoATableThatHoldsPagesOrFromTokensThatAreNotThere() {
        KvPool pool = new KvPool(8);
        PageTable parent = new PageTable(pool, 4);
        parent.reserve(BLOCK);
        PageTable child = new PageTable(pool, 4);
        assertThrows(IllegalStateException.class, () -> child.fork(parent, BLOCK + 1, (source, target) -> {}));
        child.reserve(1);
        assertThrows(IllegalStateException.class, () -> child.fork(parent, BLOCK, (source, target) -> {}));
    }

    @Test
    void whatAForkComputesIsFoundByLaterSequences() {
        KvPool pool = new KvPool(16);
        int[] tokens = new int[4 * BLOCK];
        Arrays.setAll(tokens, i -> i);
        PageTable parent = new PageTable(pool, 4);
        parent.reserve(2 * BLOCK);
        parent.publish(tokens, 2 * BLOCK);
        PageTable child = new PageTable(pool, 4);
        child.fork(parent, 2 * BLOCK, (source, target) -> {});
        parent.release();
        child.reserve(4 * BLOCK);
        child.publish(tokens, 4 * BLOCK);
        child.release();
        assertEquals(4 * BLOCK, new PageTable(pool, 4).adopt(tokens, 4 * BLOCK));
    }

    /** Random trees of continuations: each reads back what it wrote, whatever the others do. */
    @Property(tries = 200)
    void aContinuationReadsItsOwnTokensAndNoPageIsLost(
            @ForAll long seed, @ForAll @IntRange(min = 12, max = 40) int total) {
        Random random = new Random(seed);
        KvPool pool = new KvPool(total);
        int[][] memory = new int[total][BLOCK];
        List<Continuation> open = new ArrayList<>();
        for (int round = 0; round < 80; round++) {
            int action = random.nextInt(4);
            if (open.isEmpty()) {
                Continuation first = new Continuation(pool, total, random);
                first.publish();
                open.add(first);
            } else if (action == 0 && pool.free() > 0) {
                open.add(open.get(random.nextInt(open.size())).fork(memory));
            } else if (action == 1) {
                open.remove(random.nextInt(open.size())).table.release();
            } else {
                Continuation each = open.get(random.nextInt(open.size()));
                if (pool.free() >= KvPool.pagesFor(each.length + 40) - each.table.count()) {
                    each.write(memory, 1 + random.nextInt(40), random);
                }
            }
            open.forEach(each -> each.read(memory));
            pool.check();
            assertEquals(total, pool.free() + pool.held());
            int held = (int) open.stream()
                    .flatMapToInt(each -> Arrays.stream(each.table.pages(), 0, each.table.count()))
                    .distinct()
                    .count();
            assertEquals(held, pool.held());
        }
        open.forEach(each -> each.table.release());
        assertEquals(total, pool.free());
        pool.check();
    }

    /** A sequence whose keys are its tokens. */
    private static final class Continuation {
        private final KvPool pool;
        private final PageTable table;
        private final int[] tokens;
        private int length;

        Continuation(KvPool pool, int capacity, Random random) {
            this.pool = pool;
            this.table = new PageTable(pool, capacity);
            this.tokens = new int[capacity * BLOCK + 40];
            Arrays.setAll(tokens, i -> random.nextInt(2));
            this.length = table.adopt(tokens, tokens.length - 1);
        }

        Continuation fork(int[][] memory) {
            Continuation child = new Continuation(pool, table.pages().length, new Random(0));
            child.table.release();
            System.arraycopy(tokens, 0, child.tokens, 0, length);
            child.length = length;
            child.table.fork(table, length, (source, target) -> memory[target] = memory[source].clone());
            return child;
        }

        void write(int[][] memory, int count, Random random) {
            table.reserve(length + count);
            for (int i = 0; i < count; i++) {
                tokens[length] = random.nextInt(2);
                memory[table.pages()[length / BLOCK]][length % BLOCK] = tokens[length];
                length++;
            }
            publish();
        }

        void publish() {
            table.publish(tokens, length);
        }

        void read(int[][] memory) {
            for (int i = 0; i < length; i++) {
                assertEquals(tokens[i], memory[table.pages()[i / BLOCK]][i % BLOCK], "token " + i);
            }
        }
    }
}
