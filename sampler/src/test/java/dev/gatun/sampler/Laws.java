package dev.gatun.sampler;

/** The law that options make of a row, read from the compiled chain. */
final class Laws {
    private Laws() {}

    static double[] of(SamplingParams params, float[] row) {
        return of(params, row, new int[0], new int[0]);
    }

    /** The probability of each token after a prompt and some generated tokens. */
    static double[] of(SamplingParams params, float[] row, int[] prompt, int[] generated) {
        float[] scratch = row.clone();
        Chain chain = Chain.compile(params, new int[0]);
        var logits = new Logits(row.length);
        var history = new History(params.repeatLastN(), Chain.counts(params));
        history.prompt(prompt, prompt.length);
        for (int token : generated) {
            history.add(token);
        }
        logits.open(scratch);
        chain.edit(logits, history, chain.edits());
        var candidates = new Candidates(RowScans.best(), row.length);
        candidates.open(scratch);
        chain.cut(candidates);
        var law = new double[row.length];
        for (int token = 0; token < row.length; token++) {
            law[token] = candidates.probability(token);
        }
        return law;
    }
}
