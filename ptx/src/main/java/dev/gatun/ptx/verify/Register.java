package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;

/** A virtual register of a routine; {@code index} counts from 0 in the order of first use. */
public record Register(int index, String name, PtxType type) {}
