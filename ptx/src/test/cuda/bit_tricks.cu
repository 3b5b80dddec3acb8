// Eight words per element: counts, searches, reversals and funnel shifts.
extern "C" __global__ void bit_tricks(const unsigned* x, unsigned* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    unsigned a = x[i];
    unsigned b = x[(i + 1) % n];
    unsigned* out = y + 8 * i;
    out[0] = __popc(a);
    out[1] = __clz(a);
    out[2] = __brev(a);
    out[3] = __ffs(a);
    out[4] = __funnelshift_l(a, b, b);
    out[5] = __funnelshift_rc(a, b, a & 63);
    out[6] = __byte_perm(a, b, 0x7214);
    out[7] = __umulhi(a, b);
}
