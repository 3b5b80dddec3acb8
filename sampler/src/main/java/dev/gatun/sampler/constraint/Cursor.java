package dev.gatun.sampler.constraint;

import dev.gatun.sampler.TokenFilter;

/** One output's place in an automaton. */
final class Cursor implements TokenFilter {
    private final TokenAutomaton automaton;
    private State state;

    Cursor(TokenAutomaton automaton, State state) {
        this.automaton = automaton;
        this.state = state;
    }

    @Override
    public long[] allowed() {
        state = automaton.refresh(state);
        return automaton.mask(state);
    }

    @Override
    public boolean mayEnd() {
        return state.isAccepting();
    }

    @Override
    public boolean mustEnd() {
        return automaton.isLast(state);
    }

    @Override
    public int forced() {
        state = automaton.refresh(state);
        return automaton.forced(state);
    }

    @Override
    public void accept(int token) {
        state = automaton.refresh(state);
        State next = automaton.after(state, token);
        if (next == State.DEAD) {
            throw new IllegalArgumentException("token=" + token + " is not allowed here");
        }
        state = next;
    }

    @Override
    public TokenFilter fork() {
        return new Cursor(automaton, state);
    }
}
