/** The embeddable inference library: model file, tokenizer, template, KV cache, engine. */
module dev.gatun.runtime.core {
    requires transitive dev.gatun.kernels;
    requires transitive dev.gatun.sampler;
    requires dev.gatun.bindings;
    requires java.management;
    requires jdk.management;
    requires static org.jspecify;

    exports dev.gatun.runtime;
    exports dev.gatun.runtime.engine;
    exports dev.gatun.runtime.gguf to
            dev.gatun.bench,
            dev.gatun.runtime.cli;
    exports dev.gatun.runtime.model to
            dev.gatun.bench,
            dev.gatun.runtime.cli;
    exports dev.gatun.runtime.template to
            dev.gatun.runtime.cli;
    exports dev.gatun.runtime.token to
            dev.gatun.bench,
            dev.gatun.runtime.cli;
}
