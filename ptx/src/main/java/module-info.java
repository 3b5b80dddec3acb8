/** The PTX language, the hand-written kernels, and the machine that runs PTX on a CPU. Knows nothing of models. */
module dev.gatun.ptx {
    requires static org.jspecify;

    exports dev.gatun.ptx;
    exports dev.gatun.ptx.check;
    exports dev.gatun.ptx.count;
    exports dev.gatun.ptx.exec;
    exports dev.gatun.ptx.syntax;
    exports dev.gatun.ptx.verify;
}
