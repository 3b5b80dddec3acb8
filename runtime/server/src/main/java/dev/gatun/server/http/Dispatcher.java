package dev.gatun.server.http;

import dev.gatun.server.ApiException;
import dev.gatun.server.Exchange;
import dev.gatun.server.Reply;
import dev.gatun.server.json.ErrorText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;

/** From a request to its endpoint, on a thread that may wait; what an endpoint throws becomes the answer. */
final class Dispatcher {
    private static final Logger LOG = System.getLogger(Dispatcher.class.getName());

    private final Routes routes;
    private final Guard guard;
    private final Executor threads;

    Dispatcher(Routes routes, Guard guard, Executor threads) {
        this.routes = routes;
        this.guard = guard;
        this.threads = threads;
    }

    void dispatch(Exchange exchange) {
        threads.execute(() -> {
            try {
                answer(exchange);
            } catch (ApiException e) {
                routes.refused(e.status());
                Reply reply = Reply.json(e.status(), ErrorText.of(e));
                exchange.reply(e.status() == 503 ? reply.with("retry-after", "1") : reply);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "A request to " + exchange.path() + " failed", e);
                exchange.reply(Reply.json(
                        500,
                        ErrorText.of(new ApiException(
                                500, "server_error", null, null, "The server failed: " + e.getMessage()))));
            }
        });
    }

    private void answer(Exchange exchange) {
        Routes.Route route;
        try {
            route = routes.find(exchange.method(), exchange.path());
        } catch (ApiException e) {
            guard.check(exchange, false); // strangers learn no paths
            throw e;
        }
        guard.check(exchange, route.open());
        route.endpoint().handle(exchange);
    }
}
