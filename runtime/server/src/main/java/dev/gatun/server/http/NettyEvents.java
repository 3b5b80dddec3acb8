package dev.gatun.server.http;

import dev.gatun.server.EventStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Server-sent events on a connection; a comment now and then where nothing else is sent, so that proxies keep it open. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection, which is heeded
final class NettyEvents implements EventStream {
    private static final long COMMENT_SECONDS = 15;

    private final Channel channel;
    private final Duration stalledReader;
    private final Runnable finished;
    private final ScheduledFuture<?> comments;
    private final Object lock = new Object();
    private boolean ended;
    private volatile boolean quiet;

    NettyEvents(Channel channel, Duration stalledReader, boolean keepAlive, Runnable finished) {
        this.channel = channel;
        this.stalledReader = stalledReader;
        this.finished = finished;
        DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .set("x-accel-buffering", "no");
        HttpUtil.setTransferEncodingChunked(head, true);
        HttpUtil.setKeepAlive(head, keepAlive);
        channel.eventLoop().execute(() -> channel.writeAndFlush(head, channel.voidPromise()));
        this.comments = channel.eventLoop()
                .scheduleAtFixedRate(this::comment, COMMENT_SECONDS, COMMENT_SECONDS, TimeUnit.SECONDS);
    }

    private void comment() {
        if (quiet && channel.isWritable() && !ended()) {
            write(": waiting\n\n");
        }
        quiet = true;
    }

    @Override
    public boolean send(String data) {
        quiet = false;
        if (!awaitRoom()) {
            return false;
        }
        write("data: " + data + "\n\n");
        return true;
    }

    private void write(String text) {
        channel.writeAndFlush(
                new DefaultHttpContent(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8))),
                channel.voidPromise());
    }

    private boolean awaitRoom() {
        long deadline = System.nanoTime() + stalledReader.toNanos();
        synchronized (lock) {
            while (channel.isActive() && !channel.isWritable()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    channel.close();
                    return false;
                }
                try {
                    lock.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    channel.close();
                    return false;
                }
            }
        }
        return channel.isActive();
    }

    private boolean ended() {
        synchronized (lock) {
            return ended;
        }
    }

    /** The connection can take more, or is gone. */
    void wake() {
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    @Override
    public void end() {
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
        }
        comments.cancel(false);
        channel.eventLoop()
                .execute(() ->
                        channel.writeAndFlush(new DefaultLastHttpContent()).addListener(future -> finished.run()));
    }

    /** Ends the connection without the end of the answer. */
    void breakOff() {
        comments.cancel(false);
        channel.close();
    }
}
