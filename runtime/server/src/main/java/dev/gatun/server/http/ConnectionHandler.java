package dev.gatun.server.http;

import dev.gatun.server.ApiException;
import dev.gatun.server.Limits;
import dev.gatun.server.json.ErrorText;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One connection: its requests are answered one after the other. It goes on reading while an answer is computed, since only
 * so it learns that the client has gone. Everything here runs on the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection, which is heeded
final class ConnectionHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int MOST_PIPELINED = 16;

    private final Dispatcher dispatcher;
    private final Limits limits;
    private final ArrayDeque<NettyExchange> waiting = new ArrayDeque<>();
    private @Nullable NettyExchange current;

    ConnectionHandler(Dispatcher dispatcher, Limits limits) {
        this.dispatcher = dispatcher;
        this.limits = limits;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            refuse(context, request.decoderResult().cause());
            return;
        }
        if (waiting.size() >= MOST_PIPELINED) {
            context.close();
            return;
        }
        NettyExchange exchange = NettyExchange.of(context.channel(), request, limits, this::answered);
        if (current == null) {
            current = exchange;
            dispatcher.dispatch(exchange);
        } else {
            waiting.add(exchange);
        }
    }

    private void answered() {
        current = waiting.poll();
        if (current != null) {
            dispatcher.dispatch(current);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current != null) {
            current.writabilityChanged();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (current != null) {
            current.gone();
        }
        waiting.clear();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a connection that broke, or bytes that are no HTTP: nobody to tell
    }

    private static void refuse(ChannelHandlerContext context, Throwable cause) {
        int status =
                cause instanceof TooLongHttpLineException ? 414 : cause instanceof TooLongFrameException ? 431 : 400;
        close(context, status, "The request is no HTTP that is accepted: " + cause.getMessage() + ".");
    }

    /** Answers what never became a request, and closes the connection. */
    static void close(ChannelHandlerContext context, int status, String message) {
        String body = ErrorText.of(new ApiException(status, "invalid_request_error", null, null, message));
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, "close");
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
