package dev.gatun.sampler;

/**
 * {@link RepetitionPenalty} and right behind it {@link CountPenalties}, in one walk over the counts: the same bits, as both
 * round to float32.
 */
final class Penalties implements LogitsProcessor {
    private final RepetitionPenalty repetition;
    private final CountPenalties occurrences;

    Penalties(RepetitionPenalty repetition, CountPenalties occurrences) {
        this.repetition = repetition;
        this.occurrences = occurrences;
    }

    @Override
    public void process(Logits logits, History history) {
        TokenCounts counts = history.counts();
        for (int entry = 0; entry < counts.size(); entry++) {
            if (counts.count(entry) > 0) {
                int token = counts.token(entry);
                logits.set(token, occurrences.penalised(repetition.penalised(logits.get(token)), counts, entry));
            }
        }
    }
}
