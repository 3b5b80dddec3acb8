/** The judge. */
module dev.gatun.bench {
    requires dev.gatun.runtime.core;
    requires static org.jspecify;
}
