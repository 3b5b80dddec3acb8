/** The {@code gatun} command. */
module dev.gatun.runtime.cli {
    requires dev.gatun.runtime.core;
    requires static org.jspecify;
}
