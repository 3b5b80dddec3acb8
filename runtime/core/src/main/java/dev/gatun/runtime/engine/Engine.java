package dev.gatun.runtime.engine;

import dev.gatun.cuda.CudaException;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.HostBackend;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.MissingCapabilityException;
import dev.gatun.runtime.cache.KvCache;
import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufTensor;
import dev.gatun.runtime.model.AttentionProbe;
import dev.gatun.runtime.model.ModelConfig;
import dev.gatun.runtime.model.Transformer;
import dev.gatun.runtime.template.ChatTemplate;
import dev.gatun.runtime.token.Tokenizer;
import dev.gatun.sampler.beam.BeamParams;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model that answers requests: the entrance of the library.
 *
 * <p>Requests from any number of threads share each step. After {@link #open} no step allocates native memory or grows the
 * Java heap. Close it to give its memory back; running generations end with {@link FinishReason#CANCELLED}.
 */
public final class Engine implements AutoCloseable {
    private final Arena arena;
    private final Backend backend;
    private final String backendDescription;
    private final Tokenizer tokenizer;
    private final Prompts prompts;
    private final ModelInfo info;
    private final KvCache cache;
    private final @Nullable DraftModel draftModel;
    private final Scheduler scheduler;
    private final Thread thread;
    private final int context;
    private final int heads;
    private final int evaluationRows;
    private final int sequences;
    private final Surroundings surroundings;
    private final SecureRandom seeds = new SecureRandom();

    private Engine(
            Arena arena,
            Backends.Opened opened,
            GgufFile file,
            ModelConfig config,
            EngineOptions options,
            LoadProgress progress) {
        this.arena = arena;
        this.backend = opened.backend();
        this.backendDescription = opened.description();
        this.context = context(config, options);
        this.heads = config.heads();
        this.tokenizer = Tokenizer.of(file.metadata());
        if (tokenizer.vocabularySize() > config.vocabulary()) {
            throw new InvalidInputException("The tokenizer has " + tokenizer.vocabularySize()
                    + " tokens but token_embd.weight has only " + config.vocabulary() + " rows.");
        }
        this.prompts = new Prompts(
                tokenizer, file.metadata().findString("tokenizer.chat_template").map(ChatTemplate::parse));
        int pages = Math.multiplyExact(options.sequences(), KvPool.pagesFor(context));
        StepRows rows = StepRows.of(options);
        this.evaluationRows = rows.promptLogits();
        DraftModel draftModel = options.draftModel().isEmpty()
                ? null
                : DraftModel.load(
                        file.metadata().findString("general.name").orElse(config.architecture()),
                        tokenizer,
                        options.draftModel().get(),
                        arena,
                        backend,
                        options,
                        context);
        Transformer transformer =
                Transformer.load(file, config, backend, arena, rows.all(), rows.logits(), loaded(file, progress));
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
        this.sequences = options.sequences();
        this.draftModel = draftModel;
        this.surroundings = new Surroundings(
                tokenizer,
                new TokenTexts(tokenizer),
                backend,
                cache,
                context,
                info.vocabulary(),
                options.draftTokens(),
                info.weightBytes(),
                draftModel);
        this.scheduler =
                new Scheduler(arena, transformer, backend, cache, draftModel, context, options.sequences(), rows);
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
        return open(model, options, (done, total) -> {});
    }

    /** As {@link #open(Path, EngineOptions)}, and tells {@code progress} how far the weights are. */
    public static Engine open(Path model, EngineOptions options, LoadProgress progress) {
        return open(model, options, progress, null);
    }

    /** Opens a model on {@code given}, which the engine closes, whatever backend the options name. */
    static Engine open(Path model, EngineOptions options, Backend given) {
        return open(model, options, (done, total) -> {}, given);
    }

    private static Engine open(Path model, EngineOptions options, LoadProgress progress, @Nullable Backend given) {
        Arena arena = Arena.ofShared();
        Backend backend = given;
        try (Arena loading = Arena.ofShared()) {
            GgufFile file = GgufFile.open(model, loading);
            ModelConfig config = ModelConfig.of(file);
            Backends.Opened opened = given == null
                    ? Backends.open(file, config, options, context(config, options))
                    : new Backends.Opened(given);
            backend = opened.backend();
            Engine engine = new Engine(arena, opened, file, config, options, progress);
            engine.thread.start();
            return engine;
        } catch (CudaException e) {
            closeAfter(e, backend, arena);
            throw new MissingCapabilityException(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            closeAfter(e, backend, arena);
            throw e;
        }
    }

    private static void closeAfter(Throwable failure, @Nullable Backend backend, Arena arena) {
        try (arena) {
            if (backend != null) {
                backend.close();
            }
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Starts a generation.
     *
     * @throws InvalidInputException if the prompt is empty or does not fit the context, the model has no chat template, or the
     *     request contradicts itself or runs more sequences than the engine
     */
    public Generation submit(Request request) {
        RequestRules.checkWidth(request.checked(), sequences);
        int[] prompt = prompts.tokens(request.prompt());
        requireFits(prompt.length);
        Job job = job(request, prompt, negative(request, prompt));
        scheduler.submit(job);
        return new Generation(job);
    }

    /** The prompt that guidance leads away from; none without guidance. */
    private int @Nullable [] negative(Request request, int[] prompt) {
        if (request.sampling().guidanceScale() == 1) {
            return null;
        }
        Request.Prompt given = request.negative();
        int[] negative = given == null ? new int[] {prompt[prompt.length - 1]} : prompts.tokens(given);
        if (negative.length == 0 || negative.length >= context) {
            throw new InvalidInputException("The negative prompt has " + negative.length
                    + " tokens; expected at least 1 and fewer than the context of " + context + ".");
        }
        return negative;
    }

    private Job job(Request request, int[] prompt, int @Nullable [] negative) {
        BeamParams beams = request.beams().orElse(BeamParams.of(1));
        if (beams.numBeams() > 1 && request.sampling().maxTokens().orElse(1) > 0) {
            return new BeamJob(
                    prompt, request.sampling(), beams, request.promptLogprobs(), request.searchWatch(), surroundings);
        }
        return new SamplingJob(
                prompt,
                negative,
                request.sampling(),
                request.candidates(),
                request.n(),
                request.promptLogprobs(),
                request.watch(),
                request.sampling().seed().orElseGet(seeds::nextLong),
                surroundings);
    }

    /**
     * Runs the model over {@code tokens} and shows the logits of each position from {@code from} on. Waits until it is done.
     *
     * @throws InvalidInputException if the tokens do not fit the context
     */
    public void evaluate(int[] tokens, int from, LogitsConsumer consumer) {
        run(new Evaluation(evaluable(tokens), from, evaluationRows, consumer, null));
    }

    /**
     * Runs the model over {@code tokens} and returns the attention probabilities of one head: {@code [i][j]} is how much
     * position {@code i} takes from position {@code j <= i}. Waits until it is done.
     *
     * @throws InvalidInputException if the tokens do not fit the context, or the model has no such layer or head
     * @throws MissingCapabilityException if the backend keeps its cache out of the host's sight
     */
    public double[][] attention(int[] tokens, int layer, int head) {
        if (!(backend instanceof HostBackend)) {
            throw new MissingCapabilityException("Attention weights are read from the host's memory, where backend "
                    + backend.name() + " does not keep its cache; use --backend cpu.");
        }
        if (layer < 0 || layer >= info.layers() || head < 0 || head >= heads) {
            throw new InvalidInputException("There is no head " + head + " of layer " + layer
                    + ": the model has layers 0 to " + (info.layers() - 1) + " with heads 0 to " + (heads - 1) + ".");
        }
        AttentionProbe probe = new AttentionProbe(layer, head, tokens.length);
        run(new Evaluation(evaluable(tokens), tokens.length, evaluationRows, (position, logits) -> {}, probe));
        return probe.weights();
    }

    private int[] evaluable(int[] tokens) {
        if (tokens.length < 1 || tokens.length > context) {
            throw new InvalidInputException(
                    "There are " + tokens.length + " tokens to evaluate; the context holds 1 to " + context + ".");
        }
        return tokens.clone();
    }

    private void run(Evaluation evaluation) {
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

    /** What a token spells, as a person reads it; the name of a control token; bytes that are no UTF-8 show as U+FFFD. */
    public String piece(int token) {
        return tokenizer.piece(token);
    }

    /** What a token stands for in UTF-8, perhaps only part of a character; the spelling of a control token. */
    public byte[] bytes(int token) {
        return tokenizer.bytes(token);
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
        long kvBytes = total * cache.pageByteSize();
        if (draftModel != null) {
            total += draftModel.pool().total();
            kvBytes += draftModel.kvByteSize();
        }
        return new EngineStats(
                backendDescription, context, scheduler.running(), scheduler.waiting(), total - held, held, kvBytes);
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
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (arena.scope().isAlive()) {
            try (arena) {
                backend.close();
            }
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

    private static LongConsumer loaded(GgufFile file, LoadProgress progress) {
        long total = file.tensors().stream()
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
        return done -> progress.at(done, total);
    }

    private static long elements(GgufTensor tensor) {
        return (long) tensor.rows() * tensor.columns();
    }
}
