package dev.gatun.sampler;

import org.jspecify.annotations.Nullable;

/** One sequence of a search as its {@link Continuations} see it: its tokens, and its place under a constraint. */
public final class Branch {
    private final History history;
    private @Nullable TokenFilter filter;

    Branch(History history, @Nullable TokenFilter filter) {
        this.history = history;
        this.filter = filter;
    }

    /** Its tokens, the prompt's included. */
    public History history() {
        return history;
    }

    @Nullable
    TokenFilter filter() {
        return filter;
    }

    void copy(Branch that) {
        history.copy(that.history);
        filter = that.filter == null ? null : that.filter.fork();
    }

    void add(int token, boolean ends) {
        history.add(token);
        if (filter != null && !ends) {
            filter.accept(token);
        }
    }

    /** Whether a constraint lets nothing follow the token but the end. */
    boolean isCompletedBy(int token) {
        if (filter == null) {
            return false;
        }
        TokenFilter after = filter.fork();
        after.accept(token);
        return after.mustEnd();
    }
}
