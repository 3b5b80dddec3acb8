package dev.gatun.ptx;

import java.util.List;
import java.util.stream.Collectors;

/** The text is PTX, but breaks a rule of the ISA or uses a form the machine does not know; one line a problem. */
public final class PtxVerifyException extends PtxException {
    private static final long serialVersionUID = 1;

    /** A broken rule and where. */
    public record Problem(Position position, String message) {
        @Override
        public String toString() {
            return position + ": " + message;
        }
    }

    private final transient List<Problem> problems;

    public PtxVerifyException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public PtxVerifyException(Position position, String message) {
        this(List.of(new Problem(position, message)));
    }

    public List<Problem> problems() {
        return problems;
    }
}
