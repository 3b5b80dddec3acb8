// Each float through half and bfloat16 and back.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

extern "C" __global__ void narrow_floats(const float* x, float* halves, float* brains, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        halves[i] = __half2float(__float2half_rn(x[i]));
        brains[i] = __bfloat162float(__float2bfloat16_rn(x[i]));
    }
}
