package dev.gatun.ptx;

/** A place in PTX text: line and column, both counted from 1. */
public record Position(int line, int column) {
    @Override
    public String toString() {
        return line + ":" + column;
    }
}
