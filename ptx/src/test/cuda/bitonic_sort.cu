// Sorts each block's 2 * blockDim.x ints in dynamic shared memory.
extern "C" __global__ void bitonic_sort(int* x) {
    extern __shared__ int keys[];
    x += 2 * blockDim.x * blockIdx.x;
    for (int i = threadIdx.x; i < 2 * blockDim.x; i += blockDim.x) {
        keys[i] = x[i];
    }
    for (int run = 2; run <= 2 * blockDim.x; run *= 2) {
        for (int apart = run / 2; apart > 0; apart /= 2) {
            __syncthreads();
            int low = 2 * threadIdx.x - (threadIdx.x & (apart - 1));
            bool ascending = (low & run) == 0;
            int a = keys[low];
            int b = keys[low + apart];
            if ((a > b) == ascending) {
                keys[low] = b;
                keys[low + apart] = a;
            }
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 2 * blockDim.x; i += blockDim.x) {
        x[i] = keys[i];
    }
}
