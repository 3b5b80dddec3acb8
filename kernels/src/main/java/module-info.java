/** The mathematics of a decoder: defined once (reference), written again for speed (cpu), launched as PTX (gpu). */
module dev.gatun.kernels {
    requires dev.gatun.bindings;
    requires dev.gatun.ptx;
    requires static jdk.incubator.vector;
    requires static org.jspecify;

    exports dev.gatun.kernels;
    exports dev.gatun.kernels.cpu;
    exports dev.gatun.kernels.cpu.asm;
    exports dev.gatun.kernels.device;
    exports dev.gatun.kernels.gpu;
    exports dev.gatun.kernels.reference;
}
