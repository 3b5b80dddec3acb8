package dev.gatun.runtime.engine;

import dev.gatun.kernels.Batch;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.cache.PageCopy;
import dev.gatun.sampler.Branch;
import dev.gatun.sampler.Continuations;
import dev.gatun.sampler.SamplingParams;
import dev.gatun.sampler.beam.BeamParams;
import dev.gatun.sampler.beam.BeamSearch;
import dev.gatun.sampler.beam.Hypothesis;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A beam search: the prompt is computed once, then each step has one row of every running beam, and the search says which
 * beams go on with which token.
 */
final class BeamJob extends Job {
    private final SamplingParams sampling;
    private final BeamParams params;
    private final Continuations continuations;
    private final BeamSearch search;
    private final BeamStrands strands;
    private final @Nullable BeamLogprobs logprobs;
    private final int[] prompt;
    private final Output[] outputs;
    private final FinishReason[] reasons; // [output]
    private final Outcome outcome;
    private final @Nullable Consumer<SearchStep> watcher;
    private int firstLogitIndex;
    private int stepRows;
    private int steps; // of the search
    private int group; // whose rows' logits are being read
    private int beam;
    private @Nullable FinishReason ended;
    private @Nullable Throwable failure;

    /**
     * @param watcher who is shown each step, if anybody
     * @param promptMost how many of the best tokens to report at each place of the prompt, if any
     * @throws dev.gatun.sampler.InvalidSamplingException if {@code sampling} has what a search can not heed
     */
    BeamJob(
            int[] prompt,
            SamplingParams sampling,
            BeamParams params,
            OptionalInt promptMost,
            @Nullable Consumer<SearchStep> watcher,
            Surroundings surroundings) {
        super(prompt.length, promptMost, surroundings);
        this.sampling = sampling;
        this.watcher = watcher;
        this.params = params;
        int[] modelEnds = surroundings.tokenizer().endOfGeneration();
        this.continuations = new Continuations(
                sampling,
                surroundings.vocabulary(),
                modelEnds,
                surroundings.texts().of(sampling));
        int tokenLimit = surroundings.limit(prompt.length, sampling.maxTokens().orElse(surroundings.context()));
        boolean endsOtherwise =
                !sampling.stop().isEmpty() || sampling.constraint().isPresent();
        this.search = new BeamSearch(
                params, tokenLimit - prompt.length, continuations.ends(), endsOtherwise ? this::ends : null);
        PageCopy copy = (source, target) -> surroundings.cache().copyPage(surroundings.backend(), source, target);
        this.strands = new BeamStrands(
                prompt,
                tokenLimit,
                params.numBeams(),
                search,
                continuations,
                sampling.stop().isEmpty() ? null : new BeamTexts(surroundings.tokenizer(), sampling, params.numBeams()),
                surroundings.cache().pool(),
                copy);
        this.logprobs = sampling.logprobs().isEmpty()
                ? null
                : new BeamLogprobs(sampling, surroundings.vocabulary(), params.numBeams(), search.groupSize());
        this.outputs = new Output[params.numReturnSequences()];
        this.reasons = new FinishReason[outputs.length];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = new Output(
                    0,
                    logprobs == null
                            ? LogprobLog.none()
                            : LogprobLog.of(sampling.logprobs().getAsInt(), 0));
        }
        this.outcome = new Outcome(outputs, outputs.length, true);
        this.prompt = prompt.clone();
    }

    // ---- any thread

    @Override
    int width() {
        return params.numBeams();
    }

    @Override
    Outcome outcome() {
        return outcome;
    }

    @Override
    Strand first() {
        return strands.first();
    }

    @Override
    int[] prompt() {
        return prompt.clone();
    }

    // ---- the engine's thread

    @Override
    int addTo(Batch batch, int limit) {
        firstLogitIndex = batch.logitRows();
        group = 0;
        beam = 0;
        if (!decoding) {
            stepRows = strands.first().addTo(batch, limit, readsPrompt() ? 0 : promptLength);
            return stepRows;
        }
        stepRows = 0;
        for (int g = 0; g < search.groups(); g++) {
            for (int b = 0; b < search.running(g); b++) {
                stepRows += strands.strand(g, b).addTo(batch, 1, promptLength);
            }
        }
        return 0;
    }

    @Override
    int logitIndex() {
        return firstLogitIndex;
    }

    @Override
    int logitRows() {
        return decoding ? stepRows : strands.first().logitRows();
    }

    @Override
    void stepped(long nanos) {
        if (!decoding) {
            strands.first().stepped();
            if (stepRows > 0) {
                meter.prefillStep(stepRows, nanos, strands.pages(census));
            }
            return;
        }
        for (int g = 0; g < search.groups(); g++) {
            for (int b = 0; b < search.running(g); b++) {
                strands.strand(g, b).stepped();
            }
        }
        meter.decodeStep(stepRows, 0, nanos, strands.pages(census));
    }

    @Override
    int choose(int row, float[] logits) {
        if (decoding) {
            continueBeam(logits);
            return row + 1 < stepRows && !hasEnded() ? row + 1 : -1;
        }
        Strand first = strands.first();
        int position = first.computed() - first.logitRows() + row;
        if (position + 1 < promptLength) {
            report.read(logits, first.token(position + 1));
            return row + 1 < first.logitRows() ? row + 1 : -1;
        }
        decoding = true;
        for (int g = 0; g < search.groups(); g++) {
            offer(g, 0, strands.branch(0, 0), logits);
            advance(g);
        }
        finishStep();
        return -1;
    }

    /** Reads the logits of the step's next row: rows are in the order of groups and beams. */
    private void continueBeam(float[] logits) {
        passGroupsThatAreDone();
        offer(group, beam, strands.branch(group, beam), logits);
        beam++;
        if (beam == search.running(group)) {
            nextGroup();
            passGroupsThatAreDone();
        }
        if (group == search.groups()) {
            finishStep();
        }
    }

    private void passGroupsThatAreDone() {
        while (group < search.groups() && search.running(group) == 0) {
            nextGroup();
        }
    }

    private void nextGroup() {
        advance(group++);
        beam = 0;
    }

    private void advance(int ofGroup) {
        boolean isRunning = search.running(ofGroup) > 0;
        search.advance(ofGroup);
        if (watcher != null && isRunning) {
            watcher.accept(new SearchStep(steps, ofGroup, search.offers(ofGroup)));
        }
    }

    private void offer(int toGroup, int toBeam, Branch branch, float[] logits) {
        int count = toGroup == 0
                ? continuations.read(logits, branch, search.candidates())
                : continuations.read(
                        logits,
                        branch,
                        search.candidates(),
                        search.chosen(),
                        search.chosenCount(),
                        params.diversityPenalty());
        for (int rank = 0; rank < count; rank++) {
            search.offer(
                    toGroup,
                    toBeam,
                    continuations.token(rank),
                    continuations.score(rank),
                    logprobs == null ? continuations.score(rank) : continuations.logprob(rank));
        }
        if (logprobs != null) {
            logprobs.read(steps, toGroup, toBeam, logits, continuations, count);
        }
    }

    private boolean ends(int inGroup, int atBeam, int token) {
        return strands.ends(inGroup, atBeam, token);
    }

    private void finishStep() {
        steps++;
        strands.advance();
        int running = 0;
        for (int g = 0; g < search.groups(); g++) {
            running += search.running(g);
        }
        meter.tokens(Math.max(1, running));
        if (search.isDone()) {
            if (search.best().isEmpty()) {
                throw new InvalidInputException(
                        "No beam can go on: the options, such as suppress_tokens or a constraint, forbid every token.");
            }
            end(FinishReason.STOP);
        }
    }

    /** Hands on what was found so far; a search that is done has found all. */
    @Override
    void end(FinishReason reason) {
        strands.release();
        List<Hypothesis> found = search.best();
        Arrays.fill(reasons, reason);
        for (int i = 0; i < found.size(); i++) {
            Hypothesis hypothesis = found.get(i);
            write(hypothesis, outputs[i]);
            if (reason == FinishReason.STOP && !hypothesis.ended()) {
                reasons[i] = FinishReason.LENGTH;
            }
        }
        ended = reason;
    }

    private void write(Hypothesis hypothesis, Output output) {
        TextStream text = new TextStream(surroundings.tokenizer(), sampling, output::append);
        int length = hypothesis.tokens().size()
                - (continuations.isEnd(hypothesis.tokens().getLast()) ? 1 : 0);
        for (int token : hypothesis.tokens().subList(0, length)) {
            output.token(token);
            text.accept(token);
        }
        text.finish();
        if (logprobs != null) {
            logprobs.write(hypothesis, length, output.logprobs());
        }
        output.score(hypothesis.score());
    }

    @Override
    void fail(Throwable cause) {
        strands.release();
        ended = FinishReason.ERROR;
        failure = cause;
        Arrays.fill(reasons, FinishReason.ERROR);
    }

    @Override
    boolean hasEnded() {
        return ended != null;
    }

    @Override
    void announce() {
        for (int i = 0; ended != null && i < outputs.length; i++) {
            outputs[i].finish(reasons[i], failure);
        }
    }
}
