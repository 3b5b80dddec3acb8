/** The {@code gatun} command. */
module dev.gatun.runtime.cli {
    requires com.fasterxml.jackson.jr.ob;
    requires dev.gatun.bindings;
    requires dev.gatun.ptx;
    requires dev.gatun.runtime.core;
    requires dev.gatun.runtime.server;
    requires info.picocli;
    requires java.management;
    requires jdk.management;
    requires me.tongfei.progressbar;
    requires org.jline;
    requires static jdk.incubator.vector;
    requires static org.jspecify;

    opens dev.gatun.cli to
            info.picocli;
    opens dev.gatun.cli.command to
            info.picocli;
}
