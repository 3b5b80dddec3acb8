package dev.gatun.ptx.exec;

import org.jspecify.annotations.Nullable;

/** The place where lanes that parted at a branch come together again: its immediate post-dominator. */
final class Join {
    final int pc;
    final @Nullable Join parent;
    int expected;
    int arrived;

    Join(int pc, int expected, @Nullable Join parent) {
        this.pc = pc;
        this.expected = expected;
        this.parent = parent;
    }
}
