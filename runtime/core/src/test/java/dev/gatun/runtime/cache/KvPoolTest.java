package dev.gatun.runtime.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KvPoolTest {
    private static final int BLOCK = 64;

    @Test
    void takesEveryPageOnceAndThenRefuses() {
        KvPool pool = new KvPool(5);
        boolean[] seen = new boolean[5];
        for (int i = 0; i < 5; i++) {
            seen[pool.take()] = true;
        }
        for (boolean taken : seen) {
            assertTrue(taken);
        }
        assertEquals(0, pool.free());
        assertThrows(IllegalStateException.class, pool::take);
    }

    @Test
    void refusesASecondRelease() {
        KvPool pool = new KvPool(2);
        int page = pool.take();
        pool.release(page);
        assertThrows(IllegalStateException.class, () -> pool.release(page));
    }

    @Test
    void adoptsThePagesOfAnEarlierSequenceAndNeverTheLastToken() {
        KvPool pool = new KvPool(8);
        int[] tokens = ascending(3 * BLOCK);
        PageTable earlier = new PageTable(pool, 8);
        earlier.reserve(tokens.length);
        earlier.publish(tokens, tokens.length);
        int[] pages = Arrays.copyOf(earlier.pages(), 3);
        earlier.release();
        assertEquals(8, pool.free());

        PageTable later = new PageTable(pool, 8);
        assertEquals(2 * BLOCK, later.adopt(tokens, tokens.length - 1));
        assertArrayEquals(Arrays.copyOf(pages, 2), Arrays.copyOf(later.pages(), 2));
        assertEquals(2, pool.held());
        pool.check();
    }

    @Test
    void doesNotAdoptTheSameTokensAfterAnotherBeginning() {
        KvPool pool = new KvPool(8);
        int[] tokens = ascending(2 * BLOCK);
        PageTable earlier = new PageTable(pool, 8);
        earlier.reserve(tokens.length);
        earlier.publish(tokens, tokens.length);
        earlier.release();

        int[] other = tokens.clone();
        other[3] = 4711;
        assertEquals(0, new PageTable(pool, 8).adopt(other, other.length));
        int[] secondBlockFirst = Arrays.copyOfRange(tokens, BLOCK, 2 * BLOCK);
        assertEquals(0, new PageTable(pool, 8).adopt(secondBlockFirst, BLOCK));
    }

    @Test
    void forgetsTheEndOfAConversationBeforeItsBeginning() {
        KvPool pool = new KvPool(3);
        int[] tokens = ascending(3 * BLOCK);
        PageTable earlier = new PageTable(pool, 3);
        earlier.reserve(tokens.length);
        earlier.publish(tokens, tokens.length);
        earlier.release();

        int taken = pool.take();
        PageTable later = new PageTable(pool, 3);
        assertEquals(2 * BLOCK, later.adopt(tokens, tokens.length));
        later.release();
        pool.release(taken);
        pool.check();
    }

    @Test
    void twoSequencesThatComputeTheSameTokensKeepTheirOwnPages() {
        KvPool pool = new KvPool(8);
        int[] tokens = ascending(2 * BLOCK);
        PageTable one = new PageTable(pool, 4);
        PageTable two = new PageTable(pool, 4);
        one.reserve(tokens.length);
        two.reserve(tokens.length);
        one.publish(tokens, tokens.length);
        two.publish(tokens, tokens.length);
        one.release();
        two.release();
        assertEquals(8, pool.free());
        pool.check();
        assertEquals(BLOCK * 2, new PageTable(pool, 4).adopt(tokens, tokens.length));
    }

    /** Random conversations with shared beginnings: what is adopted was computed for exactly these tokens. */
    @Property(tries = 200)
    void neverAdoptsAPageOfOtherTokensAndNeverLosesOne(
            @ForAll long seed, @ForAll @IntRange(min = 4, max = 24) int total) {
        Random random = new Random(seed);
        KvPool pool = new KvPool(total);
        Map<Integer, List<Integer>> contents = new HashMap<>(); // page -> all tokens up to its end
        List<PageTable> open = new ArrayList<>();
        for (int round = 0; round < 60; round++) {
            if (random.nextInt(3) == 0 && !open.isEmpty()) {
                open.remove(random.nextInt(open.size())).release();
            } else {
                int blocks = 1 + random.nextInt(4);
                int[] tokens = new int[blocks * BLOCK];
                for (int i = 0; i < tokens.length; i++) {
                    tokens[i] = i % BLOCK == 0 ? random.nextInt(2) : i;
                }
                PageTable table = new PageTable(pool, blocks);
                int known = table.adopt(tokens, tokens.length);
                for (int i = 0; i < known / BLOCK; i++) {
                    assertEquals(prefix(tokens, i), contents.get(table.pages()[i]));
                }
                if (pool.free() < blocks - known / BLOCK) {
                    table.release();
                } else {
                    table.reserve(tokens.length);
                    for (int i = known / BLOCK; i < blocks; i++) {
                        contents.put(table.pages()[i], prefix(tokens, i));
                    }
                    table.publish(tokens, tokens.length);
                    open.add(table);
                }
            }
            pool.check();
            assertEquals(total, pool.free() + pool.held());
        }
        open.forEach(PageTable::release);
        assertEquals(total, pool.free());
        pool.check();
    }

    private static List<Integer> prefix(int[] tokens, int block) {
        return Arrays.stream(tokens, 0, (block + 1) * BLOCK).boxed().toList();
    }

    private static int[] ascending(int count) {
        int[] tokens = new int[count];
        Arrays.setAll(tokens, i -> i);
        return tokens;
    }
}
