// Inclusive prefix sums of each block's stretch of x: shuffles within a warp, a second scan over the sums of the warps.
extern "C" __global__ void scan(const int* x, int* sums, int n) {
    __shared__ int warps[32];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int lane = threadIdx.x % 32;
    int warp = threadIdx.x / 32;
    int sum = i < n ? x[i] : 0;
    for (int offset = 1; offset < 32; offset *= 2) {
        int before = __shfl_up_sync(0xFFFFFFFF, sum, offset);
        if (lane >= offset) {
            sum += before;
        }
    }
    if (lane == 31) {
        warps[warp] = sum;
    }
    __syncthreads();
    if (warp == 0) {
        int total = lane < blockDim.x / 32 ? warps[lane] : 0;
        for (int offset = 1; offset < 32; offset *= 2) {
            int before = __shfl_up_sync(0xFFFFFFFF, total, offset);
            total += lane >= offset ? before : 0;
        }
        warps[lane] = total;
    }
    __syncthreads();
    if (i < n) {
        sums[i] = sum + (warp > 0 ? warps[warp - 1] : 0);
    }
}
