// Keeps the positive values of each warp, in order, by votes; kept[warp] is their number.
extern "C" __global__ void compact(const int* x, int* y, int* kept, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int lane = threadIdx.x % 32;
    int value = i < n ? x[i] : 0;
    unsigned votes = __ballot_sync(0xFFFFFFFF, value > 0);
    if (value > 0) {
        y[i - lane + __popc(votes & ((1u << lane) - 1))] = value;
    }
    if (lane == 0) {
        kept[i / 32] = __popc(votes);
    }
}
