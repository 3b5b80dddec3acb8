package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Engine;
import dev.gatun.runtime.engine.EngineStats;
import dev.gatun.server.Endpoint;
import dev.gatun.server.Exchange;
import dev.gatun.server.Reply;
import dev.gatun.server.json.JsonText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code GET /health}: 200 while requests are taken, 503 from the moment on when the server is shutting down. */
final class Health implements Endpoint {
    private final Engine engine;
    private final Admission admission;

    Health(Engine engine, Admission admission) {
        this.engine = engine;
        this.admission = admission;
    }

    @Override
    public void handle(Exchange exchange) {
        EngineStats stats = engine.stats();
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("status", admission.isDraining() ? "draining" : "ok");
        object.put("running", stats.running());
        object.put("waiting", stats.waiting());
        object.put("kv_pages_free", stats.freePages());
        object.put("kv_pages_held", stats.heldPages());
        object.put("kv_pages_total", stats.freePages() + stats.heldPages());
        exchange.reply(Reply.json(admission.isDraining() ? 503 : 200, JsonText.write(object)));
    }
}
