// Five-point Laplacian of a rows x columns field of floats, zero outside.
extern "C" __global__ void stencil_2d(const float* x, float* y, int rows, int columns) {
    int column = blockIdx.x * blockDim.x + threadIdx.x;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row >= rows || column >= columns) {
        return;
    }
    const float* at = x + row * columns + column;
    float sum = -4 * at[0];
    sum += row > 0 ? at[-columns] : 0;
    sum += row + 1 < rows ? at[columns] : 0;
    sum += column > 0 ? at[-1] : 0;
    sum += column + 1 < columns ? at[1] : 0;
    y[row * columns + column] = sum;
}
