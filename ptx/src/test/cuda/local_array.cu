// Each thread sorts a row of n <= 32 ints in an array of its own.
extern "C" __global__ void local_array(const int* x, int* y, int rows, int n) {
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows) {
        return;
    }
    int own[32];
    for (int i = 0; i < n; i++) {
        int value = x[row * n + i];
        int at = i;
        while (at > 0 && own[at - 1] > value) {
            own[at] = own[at - 1];
            at--;
        }
        own[at] = value;
    }
    for (int i = 0; i < n; i++) {
        y[row * n + i] = own[i];
    }
}
