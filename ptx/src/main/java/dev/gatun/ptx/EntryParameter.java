package dev.gatun.ptx;

/**
 * One parameter of an entry and its place in the block of parameters that a launch takes.
 *
 * @param byteSize     of the whole parameter, also when it is an array
 * @param alignmentBytes the parameter begins at a multiple of this
 * @param offsetBytes  from the beginning of the block
 */
public record EntryParameter(String name, PtxType type, int byteSize, int alignmentBytes, int offsetBytes) {}
