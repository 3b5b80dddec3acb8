package dev.gatun.runtime.engine;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.KvLayer;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.cache.KvCache;
import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufTensor;
import dev.gatun.runtime.model.ModelConfig;
import dev.gatun.runtime.model.Transformer;
import dev.gatun.runtime.template.ChatTemplate;
import dev.gatun.runtime.token.Tokenizer;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletionException;

/**
 * A loaded model that answers requests: the entrance of the library.
 *
 * <p>Requests from any number of threads share each step. After {@link #open} no step allocates native memory or grows the
 * Java heap. Close it to give its memory back; running generations end with {@link FinishReason#CANCELLED}.
 */
public final class Engine implements AutoCloseable {
    /** Most rows of one step that may ask for logits, where one sequence runs: bounds what an evaluation keeps. */
    private static final int EVALUATION_ROWS = 32;

    private final Arena arena;
    private final Backend backend;
    private final Tokenizer tokenizer;
    private final Prompts prompts;
    private final ModelInfo info;
    private final KvCache cache;
    private final Scheduler scheduler;
    private final Thread thread;
    private final int context;
    private final int evaluationRows;
    private final SecureRandom seeds = new SecureRandom();
    private final TokenTexts texts;

    private Engine(Arena arena, Backend backend, GgufFile file, EngineOptions options) {
        this.arena = arena;
        this.backend = backend;
        ModelConfig config = ModelConfig.of(file);
        this.context = context(config, options);
        this.tokenizer = Tokenizer.of(file.metadata());
        if (tokenizer.vocabularySize() > config.vocabulary()) {
            throw new InvalidInputException("The tokenizer has " + tokenizer.vocabularySize()
                    + " tokens but token_embd.weight has only " + config.vocabulary() + " rows.");
        }
        this.texts = new TokenTexts(tokenizer);
        this.prompts = new Prompts(
                tokenizer, file.metadata().findString("tokenizer.chat_template").map(ChatTemplate::parse));
        int pages = Math.multiplyExact(options.sequences(), KvPool.pagesFor(context));
        requireMemory(file, config, options, pages);
        this.evaluationRows = Math.min(EVALUATION_ROWS, options.prefillChunk());
        Transformer transformer = Transformer.load(
                file,
                config,
                backend,
                arena,
                options.prefillChunk() + options.sequences(),
                Math.max(options.sequences(), evaluationRows));
        this.cache = KvCache.allocate(
                arena, backend, options.kvType(), config.layers(), pages, config.kvHeads(), config.headDim());
        this.info = new ModelInfo(
                file.metadata().findString("general.name").orElse(config.architecture()),
                config.architecture(),
                file.tensors().stream().mapToLong(Engine::elements).sum(),
                transformer.weightByteSize(),
                config.layers(),
                config.vocabulary(),
                config.contextLength(),
                prompts.hasChatTemplate());
        this.scheduler =
                new Scheduler(arena, transformer, backend, cache, context, options.sequences(), options.prefillChunk());
        this.thread = Thread.ofPlatform().name("gatun-engine").daemon().unstarted(scheduler);
    }

    /** Opens a model with {@link EngineOptions#DEFAULTS}. */
    public static Engine open(Path model) {
        return open(model, EngineOptions.DEFAULTS);
    }

    /**
     * Opens a GGUF model file.
     *
     * @throws InvalidInputException if the file is not a model that can be run, or an option does not fit it
     * @throws MissingCapabilityException if the machine lacks the backend or the memory
     */
    public static Engine open(Path model, EngineOptions options) {
        Arena arena = Arena.ofShared();
        Backend backend = null;
        try (Arena loading = Arena.ofShared()) {
            GgufFile file = GgufFile.open(model, loading);
            backend = Backends.open(options);
            Engine engine = new Engine(arena, backend, file, options);
            engine.thread.start();
            return engine;
        } catch (RuntimeException | Error e) {
            if (backend != null) {
                backend.close();
            }
            arena.close();
            throw e;
        }
    }

    /**
     * Starts a generation.
     *
     * @throws InvalidInputException if the prompt is empty or does not fit the context, or the model has no chat template
     */
    public Generation submit(Request request) {
        int[] prompt = prompts.tokens(request.prompt());
        requireFits(prompt.length);
        Sequence sequence = new Sequence(
                prompt,
                request.sampling(),
                context,
                request.sampling().seed().orElseGet(seeds::nextLong),
                tokenizer,
                texts,
                info.vocabulary(),
                cache.pool(),
                cache.pageByteSize(),
                info.weightBytes());
        scheduler.submit(sequence);
        return new Generation(sequence);
    }

    /**
     * Runs the model over {@code tokens} and shows the logits of each position from {@code from} on. Waits until it is done.
     *
     * @throws InvalidInputException if the tokens do not fit the context
     */
    public void evaluate(int[] tokens, int from, LogitsConsumer consumer) {
        if (tokens.length < 1 || tokens.length > context) {
            throw new InvalidInputException(
                    "There are " + tokens.length + " tokens to evaluate; the context holds 1 to " + context + ".");
        }
        Evaluation evaluation = new Evaluation(tokens.clone(), from, evaluationRows, consumer);
        scheduler.submit(evaluation);
        try {
            evaluation.done().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new GenerationException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The tokens a request's prompt would have. */
    public int[] promptTokens(Request request) {
        return prompts.tokens(request.prompt());
    }

    /** The tokens of a text: no control tokens, and neither beginning nor end of sequence. */
    public int[] encode(String text) {
        return tokenizer.encode(text, false);
    }

    /** The text of tokens, control tokens left out; what is not UTF-8 becomes U+FFFD. */
    public String decode(int[] tokens) {
        return tokenizer.decode(tokens, false);
    }

    public ModelInfo info() {
        return info;
    }

    public EngineStats stats() {
        int held = scheduler.heldPages();
        int total = cache.pool().total();
        return new EngineStats(
                backend.description(),
                context,
                scheduler.running(),
                scheduler.waiting(),
                total - held,
                held,
                total * cache.pageByteSize());
    }

    /** Cancels what runs and gives all memory back. A second call does nothing. */
    @Override
    public void close() {
        scheduler.close();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // memory must not be freed under a running step
            }
        }
        if (arena.scope().isAlive()) {
            backend.close();
            arena.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireFits(int promptLength) {
        if (promptLength == 0) {
            throw new InvalidInputException("The prompt is empty; give at least one token.");
        }
        if (promptLength >= context) {
            throw new InvalidInputException("The prompt has " + promptLength + " tokens and the context holds "
                    + context + ", of which one is for the answer; shorten the prompt or raise the context.");
        }
    }

    private static int context(ModelConfig config, EngineOptions options) {
        if (options.context() > config.contextLength()) {
            throw new InvalidInputException("A context of " + options.context()
                    + " tokens was asked for, but the model was trained for " + config.contextLength() + ".");
        }
        return options.context() > 0
                ? options.context()
                : Math.min(config.contextLength(), EngineOptions.DEFAULT_CONTEXT);
    }

    private static void requireMemory(GgufFile file, ModelConfig config, EngineOptions options, int pages) {
        long kvBytes = Math.multiplyExact(
                KvLayer.byteSize(options.kvType(), pages, config.kvHeads(), config.headDim()), 2L * config.layers());
        long needed = Math.addExact(file.byteSize(), kvBytes);
        long available = ProcessMemory.availableBytes();
        if (needed > available) {
            throw new MissingCapabilityException("The model needs about " + needed / 1_000_000 + " MB (weights "
                    + file.byteSize() / 1_000_000 + ", key-value cache " + kvBytes / 1_000_000 + ") and "
                    + available / 1_000_000 + " MB are available; use a smaller context or model.");
        }
    }

    private static long elements(GgufTensor tensor) {
        return (long) tensor.rows() * tensor.columns();
    }
}
