package dev.gatun.ptx.syntax;

/** Who else may see a name. */
public enum Linkage {
    NONE,
    VISIBLE,
    EXTERN,
    WEAK,
    COMMON
}
