// c = a b for row-major a[m][k], b[k][n], whose extents are multiples of 16: two stages of 16 x 16 tiles by cp.async.
#include <cuda_pipeline.h>

extern "C" __global__ void gemm_async(const float* a, const float* b, float* c, int n, int k) {
    __shared__ float4 left[2][16][4];
    __shared__ float4 right[2][16][4];
    int row = threadIdx.x / 4;
    int quad = threadIdx.x % 4;
    const float* fromA = a + (blockIdx.y * 16 + row) * k + 4 * quad;
    const float* fromB = b + row * n + blockIdx.x * 16 + 4 * quad;
    __pipeline_memcpy_async(&left[0][row][quad], fromA, 16);
    __pipeline_memcpy_async(&right[0][row][quad], fromB, 16);
    __pipeline_commit();
    float4 sum = make_float4(0, 0, 0, 0);
    for (int tile = 0; tile < k / 16; tile++) {
        if (tile + 1 < k / 16) {
            int next = (tile + 1) % 2;
            __pipeline_memcpy_async(&left[next][row][quad], fromA + (tile + 1) * 16, 16);
            __pipeline_memcpy_async(&right[next][row][quad], fromB + (tile + 1) * 16 * n, 16);
        }
        __pipeline_commit();
        __pipeline_wait_prior(1);
        __syncthreads();
        const float* across = reinterpret_cast<const float*>(left[tile % 2][row]);
        for (int i = 0; i < 16; i++) {
            float4 down = right[tile % 2][i][quad];
            sum.x += across[i] * down.x;
            sum.y += across[i] * down.y;
            sum.z += across[i] * down.z;
            sum.w += across[i] * down.w;
        }
        __syncthreads();
    }
    *reinterpret_cast<float4*>(c + (blockIdx.y * 16 + row) * n + blockIdx.x * 16 + 4 * quad) = sum;
}
