// c = a b for half a[m][k] and b[n][k] (transposed), float c[m][n], by tensor cores: a warp per 16 x 8 tile.
// m is a multiple of 16, n of 8, k of 16.
#include <cuda_fp16.h>

extern "C" __global__ void gemm_mma(const half* a, const half* b, float* c, int n, int k) {
    int group = threadIdx.x / 4;
    int inGroup = threadIdx.x % 4;
    int row = blockIdx.y * 16 + group;
    int column = blockIdx.x * 8;
    const unsigned* a0 = reinterpret_cast<const unsigned*>(a + row * k) + inGroup;
    const unsigned* a8 = reinterpret_cast<const unsigned*>(a + (row + 8) * k) + inGroup;
    const unsigned* bt = reinterpret_cast<const unsigned*>(b + (column + group) * k) + inGroup;
    float d[4] = {0, 0, 0, 0};
    for (int i = 0; i < k / 2; i += 8) {
        asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
            : "r"(a0[i]), "r"(a8[i]), "r"(a0[i + 4]), "r"(a8[i + 4]), "r"(bt[i]), "r"(bt[i + 4]));
    }
    float2* c0 = reinterpret_cast<float2*>(c + row * n + column) + inGroup;
    float2* c8 = reinterpret_cast<float2*>(c + (row + 8) * n + column) + inGroup;
    *c0 = make_float2(d[0], d[1]);
    *c8 = make_float2(d[2], d[3]);
}
