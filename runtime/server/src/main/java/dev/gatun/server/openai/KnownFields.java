package dev.gatun.server.openai;

import dev.gatun.server.ApiException;
import dev.gatun.server.json.Fields;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of requests that clients are known to send, and what becomes of each. One table for code and readers. */
public final class KnownFields {

    /** An endpoint that takes a generation's fields. */
    public enum Where {
        CHAT,
        TEXT
    }

    /** What becomes of a field. */
    public enum Treatment {
        /** It does what its documentation says. */
        HONOURED,
        /** It is a label for the caller's own use; the answer does not depend on it. */
        LABEL,
        /** A request that has it is refused: 400. */
        REFUSED
    }

    /**
     * A field.
     *
     * @param note what to know, or to do instead
     */
    public record Field(String name, Set<Where> where, Treatment treatment, String note) {}

    private static final Map<String, Field> ALL = new LinkedHashMap<>();

    static {
        Set<Where> both = EnumSet.allOf(Where.class);
        Set<Where> chat = EnumSet.of(Where.CHAT);
        Set<Where> text = EnumSet.of(Where.TEXT);
        honoured(both, "model", "the served model's name, or left out");
        honoured(chat, "messages", "content as a string or as parts of type text");
        honoured(text, "prompt", "a string, token ids, or a list of either");
        honoured(both, "stream stream_options", "include_usage");
        honoured(both, "max_tokens", "for plain texts 16 if left out");
        honoured(chat, "max_completion_tokens", "before max_tokens");
        honoured(both, "min_tokens ignore_eos stop stop_token_ids seed", "");
        honoured(both, "temperature top_p top_k min_p typical_p repetition_penalty", "temperature 1 if left out");
        honoured(both, "presence_penalty frequency_penalty logit_bias", "");
        honoured(both, "n best_of", "best_of not with stream");
        honoured(both, "num_beams length_penalty early_stopping", "not with what only a draw heeds");
        honoured(both, "logprobs", "for chat true or false, for plain texts a number");
        honoured(chat, "top_logprobs", "0 to 20");
        honoured(both, "prompt_logprobs", "0 to 20");
        honoured(text, "echo", "");
        honoured(both, "response_format structured_outputs", "json_object, json_schema; json, regex, choice, grammar");
        label(both, "user metadata safety_identifier prompt_cache_key service_tier request_id priority");
        label(chat, "parallel_tool_calls");
        refused(chat, "tools tool_choice functions function_call", "write the tools into a message");
        refused(chat, "modalities audio web_search_options prediction reasoning_effort verbosity store", "");
        refused(chat, "chat_template chat_template_kwargs documents", "the model's own template is used");
        refused(text, "suffix", "put it into the prompt");
        refused(
                both,
                "guided_json guided_regex guided_choice guided_grammar guided_decoding_backend",
                "use structured_outputs");
        refused(both, "use_beam_search", "use num_beams");
        refused(both, "include_stop_str_in_output skip_special_tokens spaces_between_special_tokens", "");
        refused(both, "truncate_prompt_tokens add_special_tokens allowed_token_ids bad_words logits_processors", "");
    }

    private KnownFields() {}

    private static void honoured(Set<Where> where, String names, String note) {
        add(where, names, Treatment.HONOURED, note);
    }

    private static void label(Set<Where> where, String names) {
        add(where, names, Treatment.LABEL, "");
    }

    private static void refused(Set<Where> where, String names, String note) {
        add(where, names, Treatment.REFUSED, note);
    }

    private static void add(Set<Where> where, String names, Treatment treatment, String note) {
        for (String name : names.split(" ", -1)) {
            ALL.put(name, new Field(name, where, treatment, note));
        }
    }

    /** All of them, in their order. */
    public static List<Field> all() {
        return List.copyOf(ALL.values());
    }

    /**
     * Looks at a request's names.
     *
     * @return the names nobody knows, which do nothing
     * @throws ApiException 400 naming the first field that can not be honoured
     */
    static List<String> check(Fields request, Where where) {
        List<String> unknown = new ArrayList<>();
        for (String name : request.names()) {
            Field field = ALL.get(name);
            if (field == null) {
                unknown.add(name);
            } else if (asksForSomething(request.value(name))
                    && (field.treatment() == Treatment.REFUSED || !field.where().contains(where))) {
                throw ApiException.invalid(
                        name,
                        name + " can not be honoured here; leave it out"
                                + (field.note().isEmpty() || field.treatment() != Treatment.REFUSED
                                        ? "."
                                        : ": " + field.note() + "."));
            }
        }
        return unknown;
    }

    private static boolean asksForSomething(@Nullable Object value) {
        return !(value == null
                || value.equals(false)
                || value.equals("none")
                || (value instanceof List<?> list && list.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty()));
    }
}
