// Least and greatest of n ints per block: a tree in dynamic shared memory, of a power of two threads.
extern "C" __global__ void reduce_shared(const int* x, int2* extremes, int n) {
    extern __shared__ int2 tree[];
    int2 mine = make_int2(0x7FFFFFFF, 0x80000000);
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        mine = make_int2(min(mine.x, x[i]), max(mine.y, x[i]));
    }
    tree[threadIdx.x] = mine;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) {
            int2 other = tree[threadIdx.x + half];
            mine = make_int2(min(mine.x, other.x), max(mine.y, other.y));
            tree[threadIdx.x] = mine;
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        extremes[blockIdx.x] = mine;
    }
}
