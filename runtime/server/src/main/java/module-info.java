/** An OpenAI-compatible server for one engine. */
module dev.gatun.runtime.server {
    requires transitive dev.gatun.runtime.core;
    requires com.fasterxml.jackson.core;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.transport;
    requires static org.jspecify;

    exports dev.gatun.server;
}
