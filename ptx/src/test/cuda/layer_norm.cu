// Layer norm of rows of n floats with scale and shift; a block of 128 threads per row.
extern "C" __global__ void layer_norm(const float* x, const float* scale, const float* shift, float* y, int n, float epsilon) {
    __shared__ float parts[4];
    x += blockIdx.x * n;
    y += blockIdx.x * n;
    float moments[2];
    float mean = 0;
#pragma unroll
    for (int pass = 0; pass < 2; pass++) {
        float sum = 0;
        for (int i = threadIdx.x; i < n; i += 128) {
            float v = x[i] - mean;
            sum += pass == 0 ? v : v * v;
        }
        for (int offset = 16; offset > 0; offset /= 2) {
            sum += __shfl_xor_sync(0xFFFFFFFF, sum, offset);
        }
        if (threadIdx.x % 32 == 0) {
            parts[threadIdx.x / 32] = sum;
        }
        __syncthreads();
        moments[pass] = (parts[0] + parts[1] + parts[2] + parts[3]) / n;
        mean = moments[0];
        __syncthreads();
    }
    float inverse = rsqrtf(moments[1] + epsilon);
    for (int i = threadIdx.x; i < n; i += 128) {
        y[i] = (x[i] - mean) * inverse * scale[i] + shift[i];
    }
}
