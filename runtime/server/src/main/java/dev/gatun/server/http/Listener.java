package dev.gatun.server.http;

import dev.gatun.server.Limits;
import dev.gatun.server.ServerOptions;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The listening socket and its connections. */
public final class Listener implements AutoCloseable {
    private static final int BUFFERED_BYTES = 64 << 10;

    private final EventLoopGroup loops;
    private final ExecutorService threads;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel socket;

    private Listener(EventLoopGroup loops, ExecutorService threads, Routes routes, ServerOptions options)
            throws IOException, InterruptedException {
        this.loops = loops;
        this.threads = threads;
        InetAddress address = options.checkedAddress();
        Limits limits = options.limits();
        Dispatcher dispatcher = new Dispatcher(routes, new Guard(options, address), threads);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 256)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(
                        ChannelOption.SO_SNDBUF, BUFFERED_BYTES) // else the system buffers megabytes for the unread
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(BUFFERED_BYTES / 2, BUFFERED_BYTES))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (connections.size() >= limits.connections()) {
                            channel.pipeline().addLast(new HttpServerCodec(), new FullHouse());
                            return;
                        }
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                                        .setMaxInitialLineLength(limits.lineBytes())
                                        .setMaxHeaderSize(limits.headerBytes())))
                                .addLast(new SlowClientGuard(limits))
                                .addLast(new HttpObjectAggregator(limits.bodyBytes()))
                                .addLast(new ConnectionHandler(dispatcher, limits));
                    }
                });
        var bound = bootstrap.bind(address, options.port()).await();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause());
        }
        this.socket = bound.channel();
    }

    /**
     * Listens.
     *
     * @throws IOException if the port is taken
     */
    public static Listener open(Routes routes, ServerOptions options) throws IOException, InterruptedException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("gatun-request-", 0).factory());
        try {
            return new Listener(loops, threads, routes, options);
        } catch (IOException | InterruptedException | RuntimeException e) {
            stop(loops, threads);
            throw e;
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) socket.localAddress();
    }

    /** Open connections. */
    public int connections() {
        return connections.size();
    }

    /** Takes no more connections; those that are there go on. */
    public void stopListening() {
        socket.close().syncUninterruptibly();
    }

    /** Ends all connections. */
    @Override
    public void close() {
        stopListening();
        connections.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        stop(loops, threads);
    }

    private static void stop(EventLoopGroup loops, ExecutorService threads) {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
        threads.shutdown();
    }
}
