// y[i] = the number of Collatz steps of x[i] plus its greatest common divisor with i + 1, by functions kept out of line.
__device__ __noinline__ int collatz(unsigned v) {
    int steps = 0;
    while (v > 1) {
        v = v % 2 == 0 ? v / 2 : 3 * v + 1;
        steps++;
    }
    return steps;
}

__device__ __noinline__ unsigned divisor(unsigned a, unsigned b) {
    while (b != 0) {
        unsigned rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

extern "C" __global__ void calls(const unsigned* x, int* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = collatz(x[i]) + divisor(x[i], i + 1);
    }
}
