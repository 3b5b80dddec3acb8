package dev.gatun.runtime.token;

/** Cuts text into words: each stage cuts the pieces of the one before into its matches and the gaps between them. */
final class PreTokenizer {
    private final boolean wholeWords;
    private final boolean beginsText;
    private final Splitter[] stages;

    /**
     * @param wholeWords whether a word that is a token is that token, whatever the merges would make of it
     * @param beginsText whether a text begins with the token for that unless the file says otherwise
     * @param stages in order
     */
    PreTokenizer(boolean wholeWords, boolean beginsText, Splitter... stages) {
        this.wholeWords = wholeWords;
        this.beginsText = beginsText;
        this.stages = stages;
    }

    /** Takes the words, in order. */
    @FunctionalInterface
    interface Words {
        void word(CodePoints text, int from, int end);
    }

    boolean wholeWords() {
        return wholeWords;
    }

    boolean beginsText() {
        return beginsText;
    }

    void split(CodePoints text, Words words) {
        split(0, text, 0, text.length(), words);
    }

    private void split(int stage, CodePoints text, int from, int end, Words words) {
        if (stage == stages.length) {
            words.word(text, from, end);
            return;
        }
        int at = from;
        while (at < end) {
            long found = stages[stage].find(text, at, end);
            int start = found == Splitter.NONE ? end : (int) (found >>> 32);
            if (start > at) {
                split(stage + 1, text, at, start, words);
            }
            if (found == Splitter.NONE) {
                return;
            }
            at = (int) found;
            split(stage + 1, text, start, at, words);
        }
    }
}
