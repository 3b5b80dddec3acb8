/** The judge. */
module dev.gatun.bench {
    requires com.fasterxml.jackson.jr.ob;
    requires dev.gatun.bindings;
    requires dev.gatun.ptx;
    requires dev.gatun.runtime.cli;
    requires dev.gatun.runtime.core;
    requires info.picocli;
    requires java.management;
    requires java.net.http;
    requires jdk.management;
    requires HdrHistogram;
    requires static jdk.incubator.vector;
    requires static org.jspecify;

    opens dev.gatun.bench.command to
            info.picocli;

    provides dev.gatun.cli.CommandSource with
            dev.gatun.bench.command.BenchCommands;

    uses dev.gatun.kernels.gpu.KernelCases;
}
