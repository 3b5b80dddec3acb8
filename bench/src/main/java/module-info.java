/** The judge. */
module dev.gatun.bench {
    requires dev.gatun.ptx;
    requires dev.gatun.runtime.core;
    requires java.management;
    requires jdk.management;
    requires static jdk.incubator.vector;
    requires static org.jspecify;
}
