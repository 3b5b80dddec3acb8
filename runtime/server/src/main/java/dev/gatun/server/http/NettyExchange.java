package dev.gatun.server.http;

import dev.gatun.server.EventStream;
import dev.gatun.server.Exchange;
import dev.gatun.server.Limits;
import dev.gatun.server.Reply;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request on a connection. What it holds is a copy: nothing of the connection's buffers outlives the read. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection, which is heeded
final class NettyExchange implements Exchange {
    private final Channel channel;
    private final String method;
    private final String path;
    private final HttpHeaders headers;
    private final byte[] body;
    private final boolean keepAlive;
    private final Limits limits;
    private final Runnable answered;
    private final Object lock = new Object();
    private @Nullable Runnable whenGone;
    private @Nullable NettyEvents events;
    private boolean gone;
    private boolean begun;

    private NettyExchange(Channel channel, FullHttpRequest request, Limits limits, Runnable answered) {
        this.channel = channel;
        this.method = request.method().name();
        this.path = new QueryStringDecoder(request.uri()).path();
        this.headers = request.headers().copy();
        this.body = ByteBufUtil.getBytes(request.content());
        this.keepAlive = HttpUtil.isKeepAlive(request);
        this.limits = limits;
        this.answered = answered;
    }

    /** @param answered called on the event loop when the answer is written and the connection stays */
    static NettyExchange of(Channel channel, FullHttpRequest request, Limits limits, Runnable answered) {
        return new NettyExchange(channel, request, limits, answered);
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    @Override
    public void whenGone(Runnable action) {
        boolean already;
        synchronized (lock) {
            already = gone;
            Runnable before = whenGone;
            whenGone = before == null
                    ? action
                    : () -> {
                        before.run();
                        action.run();
                    };
        }
        if (already) {
            action.run();
        }
    }

    @Override
    public void reply(Reply reply) {
        synchronized (lock) {
            if (begun) {
                if (events != null) {
                    events.breakOff(); // it failed after its first events: the client must not take it for complete
                }
                return;
            }
            begun = true;
        }
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), Unpooled.wrappedBuffer(reply.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length)
                .set("x-content-type-options", "nosniff");
        reply.headers().forEach((name, value) -> response.headers().set(name, value));
        HttpUtil.setKeepAlive(response, keepAlive);
        channel.eventLoop().execute(() -> {
            channel.writeAndFlush(response).addListener(future -> finished());
        });
    }

    @Override
    public EventStream events() {
        synchronized (lock) {
            if (begun) {
                throw new IllegalStateException("the answer has begun");
            }
            begun = true;
            events = new NettyEvents(channel, limits.stalledReader(), keepAlive, this::finished);
            return events;
        }
    }

    private void finished() {
        synchronized (lock) {
            whenGone = null;
        }
        if (keepAlive) {
            answered.run();
        } else {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** The connection has ended. */
    void gone() {
        Runnable action;
        NettyEvents stream;
        synchronized (lock) {
            gone = true;
            action = whenGone;
            whenGone = null;
            stream = events;
        }
        if (stream != null) {
            stream.wake();
        }
        if (action != null) {
            action.run();
        }
    }

    void writabilityChanged() {
        NettyEvents stream;
        synchronized (lock) {
            stream = events;
        }
        if (stream != null) {
            stream.wake();
        }
    }
}
