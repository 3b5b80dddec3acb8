/** The judge. */
module dev.gatun.bench {
    requires com.fasterxml.jackson.jr.ob;
    requires dev.gatun.ptx;
    requires dev.gatun.runtime.core;
    requires java.management;
    requires java.net.http;
    requires jdk.management;
    requires HdrHistogram;
    requires static org.jspecify;
}
