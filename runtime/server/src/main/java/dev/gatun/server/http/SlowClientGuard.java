package dev.gatun.server.http;

import dev.gatun.server.Limits;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections that take too long to say what they want: from the first byte of a request to its last, and between an
 * answer and the next request. Stands between the HTTP codec and what gathers a whole request.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection, which is heeded
final class SlowClientGuard extends ChannelDuplexHandler {
    private final Limits limits;
    private @Nullable ScheduledFuture<?> alarm;
    private boolean reading;

    SlowClientGuard(Limits limits) {
        this.limits = limits;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        set(context, limits.requestReadTime().toMillis(), true);
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        clear();
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            set(context, limits.requestReadTime().toMillis(), true);
        }
        if (message instanceof LastHttpContent) {
            clear();
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof LastHttpContent) {
            set(context, limits.idleTime().toMillis(), false);
        }
        context.write(message, promise);
    }

    private void set(ChannelHandlerContext context, long milliseconds, boolean isReading) {
        clear();
        reading = isReading;
        alarm = context.executor().schedule(() -> expire(context), milliseconds, TimeUnit.MILLISECONDS);
    }

    private void clear() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }

    private void expire(ChannelHandlerContext context) {
        if (reading) {
            ConnectionHandler.close(
                    context,
                    408,
                    "The request was not complete after "
                            + limits.requestReadTime().toSeconds() + " s.");
        } else {
            context.close();
        }
    }
}
