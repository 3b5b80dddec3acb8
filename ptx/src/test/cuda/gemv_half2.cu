// y[row] = w[row][2 n] x[2 n] with half pairs: products and sums in half, a warp per row.
#include <cuda_fp16.h>

extern "C" __global__ void gemv_half2(const half2* w, const half2* x, float* y, int n) {
    half2 sum = __float2half2_rn(0);
    for (int i = threadIdx.x; i < n; i += 32) {
        sum = __hfma2(w[blockIdx.x * n + i], x[i], sum);
    }
    float whole = __low2float(sum) + __high2float(sum);
    for (int offset = 16; offset > 0; offset /= 2) {
        whole += __shfl_down_sync(0xFFFFFFFF, whole, offset);
    }
    if (threadIdx.x == 0) {
        y[blockIdx.x] = whole;
    }
}
