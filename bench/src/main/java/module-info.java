/** The judge. */
module dev.gatun.bench {
    requires dev.gatun.ptx;
    requires dev.gatun.runtime.core;
    requires java.management;
    requires jdk.management;
    requires static org.jspecify;
}
