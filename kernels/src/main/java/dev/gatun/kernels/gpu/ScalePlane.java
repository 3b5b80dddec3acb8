package dev.gatun.kernels.gpu;

/**
 * Where the scales of a quantised matrix lie: {@code [rows / 4][groups / 8][4][8]}, both rounded up, so that the four
 * outputs of a warp and the eight groups its teams take at once are neighbours. The rows of a panel are in the order 0, 2, 1,
 * 3: two rows of f16 fill a sector of 32 bytes, and rows that are next to one another or every second one fill whole ones.
 *
 * @param rows output features
 * @param groups groups of a row
 * @param elementBytes 2 for a scale, 4 for a scale and a minimum
 */
record ScalePlane(int rows, int groups, int elementBytes) {
    private static final int PANEL_ROWS = 4;
    private static final int PANEL_GROUPS = 8;

    long byteSize() {
        return (long) Math.ceilDiv(rows, PANEL_ROWS) * panels() * PANEL_ROWS * PANEL_GROUPS * elementBytes;
    }

    /** Bytes before the scale of {@code group} of {@code row}. */
    long offset(int row, int group) {
        long panel = (long) (row / PANEL_ROWS) * panels() + group / PANEL_GROUPS;
        int place = (row & 1) << 1 | (row >> 1 & 1);
        return ((panel * PANEL_ROWS + place) * PANEL_GROUPS + group % PANEL_GROUPS) * elementBytes;
    }

    private int panels() {
        return Math.ceilDiv(groups, PANEL_GROUPS);
    }
}
