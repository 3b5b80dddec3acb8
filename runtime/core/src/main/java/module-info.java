/** The embeddable inference library: model file, tokenizer, template, KV cache, engine. */
module dev.gatun.runtime.core {
    requires transitive dev.gatun.kernels;
    requires transitive dev.gatun.sampler;
    requires static org.jspecify;

    exports dev.gatun.runtime;
    exports dev.gatun.runtime.template;
}
