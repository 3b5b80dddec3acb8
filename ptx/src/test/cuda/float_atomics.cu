// totals[key] += x for every element, by float atomics in whatever order the threads come.
extern "C" __global__ void float_atomics(const int* keys, const float* x, float* totals, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        atomicAdd(&totals[keys[i]], x[i]);
    }
}
