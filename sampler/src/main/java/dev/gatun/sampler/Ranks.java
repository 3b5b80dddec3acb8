package dev.gatun.sampler;

/** Finds the k-th greatest of some numbers with a heap of k: for k far below their count. */
final class Ranks {
    private float[] heap = new float[64]; // the greatest so far; the least of them on top

    /** The k-th greatest of the first {@code count} numbers, k at least 1 and at most as many. */
    float greatest(float[] numbers, int count, int k) {
        if (heap.length < k) {
            heap = new float[Math.max(k, 2 * heap.length)];
        }
        System.arraycopy(numbers, 0, heap, 0, k);
        for (int parent = k / 2 - 1; parent >= 0; parent--) {
            sink(parent, heap[parent], k);
        }
        float least = heap[0];
        for (int i = k; i < count; i++) {
            if (numbers[i] > least) {
                sink(0, numbers[i], k);
                least = heap[0];
            }
        }
        return least;
    }

    private void sink(int hole, float number, int size) {
        int parent = hole;
        for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (number <= heap[child]) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = number;
    }
}
