/** CUDA as Java sees it: generated bindings inside, small hand-made types above them. Knows nothing of language models. */
module dev.gatun.bindings {
    requires static org.jspecify;

    exports dev.gatun.cublas;
    exports dev.gatun.cuda;
}
