package dev.gatun.runtime.engine;

/**
 * What model an engine runs.
 *
 * @param name the file's own name for the model, or the file name
 * @param architecture GGUF's name of the architecture
 * @param parameters number of weights
 * @param weightBytes bytes of weights that one step reads
 * @param layers decoder layers
 * @param vocabulary number of tokens
 * @param trainedContext positions the model was trained for
 * @param hasChatTemplate whether {@link Request#chat} can be used
 */
public record ModelInfo(
        String name,
        String architecture,
        long parameters,
        long weightBytes,
        int layers,
        int vocabulary,
        int trainedContext,
        boolean hasChatTemplate) {}
