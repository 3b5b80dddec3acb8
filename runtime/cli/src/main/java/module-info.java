/** The {@code gatun} command. */
module dev.gatun.runtime.cli {
    requires com.fasterxml.jackson.jr.ob;
    requires dev.gatun.bindings;
    requires dev.gatun.ptx;
    requires dev.gatun.runtime.core;
    requires dev.gatun.runtime.server;
    requires transitive info.picocli;
    requires java.management;
    requires jdk.management;
    requires me.tongfei.progressbar;
    requires org.jline;
    requires static jdk.incubator.vector;
    requires static org.jspecify;

    exports dev.gatun.cli to
            dev.gatun.bench;
    exports dev.gatun.cli.pull to
            dev.gatun.bench;

    opens dev.gatun.cli to
            info.picocli;
    opens dev.gatun.cli.command to
            info.picocli;

    uses dev.gatun.cli.CommandSource;
}
