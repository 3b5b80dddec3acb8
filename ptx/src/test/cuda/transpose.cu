// y[n][m] = x[m][n] transposed, through a tile whose rows are padded against bank conflicts; blocks of 32 x 8.
extern "C" __global__ void transpose(const int* x, int* y, int m, int n) {
    __shared__ int tile[32][33];
    int column = blockIdx.x * 32 + threadIdx.x;
    for (int r = threadIdx.y; r < 32; r += 8) {
        int row = blockIdx.y * 32 + r;
        if (row < m && column < n) {
            tile[r][threadIdx.x] = x[row * n + column];
        }
    }
    __syncthreads();
    int across = blockIdx.y * 32 + threadIdx.x;
    for (int r = threadIdx.y; r < 32; r += 8) {
        int down = blockIdx.x * 32 + r;
        if (down < n && across < m) {
            y[down * m + across] = tile[threadIdx.x][r];
        }
    }
}
