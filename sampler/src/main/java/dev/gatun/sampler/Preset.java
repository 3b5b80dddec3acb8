package dev.gatun.sampler;

/** The habits of well-known runtimes: their order of steps and the options that differ from {@link SamplingParams}'. */
public enum Preset {
    /** The defaults of vLLM. */
    VLLM,
    /** The defaults of Hugging Face's {@code generate} with {@code do_sample}: top-k 50, ties kept. */
    HF,
    /** The defaults of llama.cpp: temperature 0.8 last, top-k 40, top-p 0.95, min-p 0.05; penalties see 64 tokens. */
    LLAMACPP;

    /** Options that start from this preset. */
    public SamplingParams.Builder builder() {
        return switch (this) {
            case VLLM -> SamplingParams.builder().order(ChainOrder.VLLM);
            case HF -> SamplingParams.builder().order(ChainOrder.HF).topK(50).keepTies(true);
            case LLAMACPP ->
                SamplingParams.builder()
                        .order(ChainOrder.LLAMACPP)
                        .temperature(0.8)
                        .topK(40)
                        .topP(0.95)
                        .minP(0.05)
                        .repeatLastN(64)
                        .countPrompt(true);
        };
    }
}
