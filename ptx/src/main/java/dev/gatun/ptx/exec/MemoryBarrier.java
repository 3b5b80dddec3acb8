package dev.gatun.ptx.exec;

/** The state of an {@code mbarrier} object: phase, arrivals still pending, bytes still expected. */
final class MemoryBarrier {
    private static final int TRANSACTION_LIMIT = 1 << 20;

    private int expected;
    private int pending;
    private int transactionBytes;
    private int phase;

    MemoryBarrier(int count) {
        expected = count;
        pending = count;
    }

    /** The token of the current phase; bit 0 of the high word is its parity. */
    long token() {
        return (long) phase << 32 | pending;
    }

    static int pendingCount(long token) {
        return (int) token;
    }

    boolean canArrive(int count) {
        return count <= pending;
    }

    void arrive(int count) {
        pending -= count;
        completeIfDue();
    }

    void drop(int count) {
        expected -= count;
        arrive(count);
    }

    /** Whether the phase may come to expect as many bytes: at most 2^20 - 1 in either direction (PTX ISA, tx-count). */
    boolean canExpect(int bytes) {
        return Math.abs((long) transactionBytes + bytes) < TRANSACTION_LIMIT;
    }

    void expectTransaction(int bytes) {
        transactionBytes += bytes;
        completeIfDue();
    }

    void completeTransaction(int bytes) {
        transactionBytes -= bytes;
        completeIfDue();
    }

    private void completeIfDue() {
        if (pending == 0 && transactionBytes == 0) {
            phase++;
            pending = expected;
        }
    }

    /** One more arrival than counted, by {@code cp.async.mbarrier.arrive} without {@code .noinc}. */
    void addPending() {
        pending++;
    }

    boolean isPast(long token) {
        return (int) (token >>> 32) != phase;
    }

    /** Whether the phase of the given parity (0 or 1) has completed. */
    boolean isPastParity(int parity) {
        return (phase & 1) != (parity & 1);
    }

    @Override
    public String toString() {
        return "phase " + phase + ", " + pending + " of " + expected + " arrivals pending, " + transactionBytes
                + " bytes pending";
    }
}
