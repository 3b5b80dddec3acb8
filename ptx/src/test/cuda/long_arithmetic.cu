// Five 64-bit results per pair: quotient, remainder, high product, a mixing hash, and a power modulo 2^64.
extern "C" __global__ void long_arithmetic(const long long* x, long long* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    long long a = x[i];
    long long b = x[n - 1 - i] | 1;
    long long* out = y + 5 * i;
    out[0] = a / b;
    out[1] = a % b;
    out[2] = __mul64hi(a, b);
    unsigned long long h = a;
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
    out[3] = h ^ (h >> 27) ^ (h << 11);
    long long power = 1;
    for (int e = (int) (b & 31); e > 0; e--) {
        power *= a;
    }
    out[4] = power;
}
