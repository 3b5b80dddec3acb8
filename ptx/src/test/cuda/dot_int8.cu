// y[row] = the dot product of bytes w[row][4 n] and x[4 n], four at a time; a thread per row.
extern "C" __global__ void dot_int8(const int* w, const int* x, int* y, int rows, int n) {
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows) {
        return;
    }
    int sum = 0;
    for (int i = 0; i < n; i++) {
        sum = __dp4a(w[row * n + i], x[i], sum);
    }
    y[row] = sum;
}
