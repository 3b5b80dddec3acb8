// Softmax of rows of n floats; a warp per row.
extern "C" __global__ void softmax(const float* x, float* y, int rows, int n) {
    int row = blockIdx.x * blockDim.y + threadIdx.y;
    if (row >= rows) {
        return;
    }
    x += row * n;
    y += row * n;
    float greatest = -INFINITY;
    for (int i = threadIdx.x; i < n; i += 32) {
        greatest = fmaxf(greatest, x[i]);
    }
    for (int offset = 16; offset > 0; offset /= 2) {
        greatest = fmaxf(greatest, __shfl_xor_sync(0xFFFFFFFF, greatest, offset));
    }
    float sum = 0;
    for (int i = threadIdx.x; i < n; i += 32) {
        float power = expf(x[i] - greatest);
        y[i] = power;
        sum += power;
    }
    for (int offset = 16; offset > 0; offset /= 2) {
        sum += __shfl_xor_sync(0xFFFFFFFF, sum, offset);
    }
    for (int i = threadIdx.x; i < n; i += 32) {
        y[i] /= sum;
    }
}
