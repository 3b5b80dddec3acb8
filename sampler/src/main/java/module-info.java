/** Logits in, token out. Pure Java; useful without the rest of Gatun. */
module dev.gatun.sampler {
    requires static jdk.incubator.vector;
    requires static org.jspecify;

    exports dev.gatun.sampler;
    exports dev.gatun.sampler.beam;
    exports dev.gatun.sampler.constraint;
}
