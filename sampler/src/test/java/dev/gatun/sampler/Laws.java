package dev.gatun.sampler;

/** The law that options make of a row, read from the compiled chain. */
final class Laws {
    private Laws() {}

    static double[] of(SamplingParams params, float[] row) {
        return of(params, row, new int[0], new int[0]);
    }

    static double[] of(SamplingParams params, float[] row, int[] prompt, int[] generated) {
        return of(params, row, prompt, generated, new int[0]);
    }

    /** The probability of each token after a prompt and some generated tokens, for each of which the row was the same. */
    static double[] of(SamplingParams params, float[] row, int[] prompt, int[] generated, int[] ends) {
        float[] scratch = row.clone();
        var random = new Philox(0, 0);
        Chain chain = Chain.compile(params, ends, row.length, random);
        var logits = new Logits(row.length);
        var history = new History(params.repeatLastN(), Chain.counts(params));
        history.prompt(prompt, prompt.length);
        var candidates = new Candidates(RowScans.best(), row.length);
        for (int i = 0; i <= generated.length; i++) {
            logits.open(scratch);
            chain.edit(logits, history, chain.edits());
            candidates.open(scratch);
            random.at(i);
            chain.cut(candidates);
            if (i < generated.length) {
                chain.chosen(candidates, generated[i]);
                history.add(generated[i]);
                logits.revert();
            }
        }
        var law = new double[row.length];
        for (int token = 0; token < row.length; token++) {
            law[token] = candidates.probability(token);
        }
        return law;
    }
}
