// Four doubles per pair of doubles: quotient, square root, fused multiply-add, and Newton's third iterate of sqrt(|a|).
extern "C" __global__ void doubles(const double* x, double* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    double a = x[i];
    double b = x[n - 1 - i];
    double* out = y + 4 * i;
    out[0] = a / b;
    out[1] = sqrt(fabs(a));
    out[2] = fma(a, b, -a);
    double root = 1;
    for (int step = 0; step < 3; step++) {
        root = __dmul_rn(0.5, __dadd_rn(root, __ddiv_rn(fabs(a), root)));
    }
    out[3] = root;
}
