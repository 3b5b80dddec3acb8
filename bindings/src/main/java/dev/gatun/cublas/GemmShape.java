package dev.gatun.cublas;

/** Rows of {@code inputs} elements by a weight matrix {@code [outputs][inputs]}. */
record GemmShape(ElementType type, int outputs, int inputs, int rows) {
    GemmShape {
        if (outputs < 1 || inputs < 1 || rows < 1) {
            throw new IllegalArgumentException("outputs=" + outputs + ", inputs=" + inputs + ", rows=" + rows);
        }
    }

    @Override
    public String toString() {
        return "type=" + type + ", outputs=" + outputs + ", inputs=" + inputs + ", rows=" + rows;
    }
}
