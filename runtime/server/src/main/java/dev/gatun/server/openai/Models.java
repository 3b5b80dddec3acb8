package dev.gatun.server.openai;

import dev.gatun.runtime.engine.Engine;
import dev.gatun.server.Endpoint;
import dev.gatun.server.Exchange;
import dev.gatun.server.Reply;
import dev.gatun.server.json.JsonText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/models}: the one that is served. */
final class Models implements Endpoint {
    private final Engine engine;
    private final ModelName model;
    private final long created = Instant.now().getEpochSecond();

    Models(Engine engine, ModelName model) {
        this.engine = engine;
        this.model = model;
    }

    @Override
    public void handle(Exchange exchange) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("id", model.name());
        object.put("object", "model");
        object.put("created", created);
        object.put("owned_by", "gatun");
        object.put("max_model_len", engine.stats().context());
        object.put("backend", engine.stats().backend());
        Map<String, @Nullable Object> list = new LinkedHashMap<>();
        list.put("object", "list");
        list.put("data", List.of(object));
        exchange.reply(Reply.json(JsonText.write(list)));
    }
}
