package dev.gatun.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Turns a connection away that is one too many. */
final class FullHouse extends ChannelInboundHandlerAdapter {

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ConnectionHandler.close(context, 503, "The server has as many connections as it takes; try again later.");
    }
}
