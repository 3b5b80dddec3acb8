// One of nine operations per element, chosen by its code: lanes of a warp take all branches of a switch, one of them a loop.
extern "C" __global__ void switch_code(const int* codes, const int* x, int* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    int a = x[i];
    int b = x[n - 1 - i];
    int r = 0;
    switch (codes[i]) {
        case 0: r = a + b; break;
        case 1: for (int j = 0; j < (b & 7); j++) { r = r * 31 + (a ^ j); } break;
        case 2: r = a * b; y[n + i] = a; break;
        case 3: r = b == 0 ? 0 : a / b; break;
        case 4: r = b == 0 ? 0 : a % b; break;
        case 5: r = a & ~b; y[n + i] = b; break;
        case 6: r = a << (b & 31); break;
        case 7: r = min(a, b) - max(a, -b); break;
        default: r = -1;
    }
    y[i] = r;
}
