package dev.gatun.ptx.verify;

import dev.gatun.ptx.syntax.Function;
import java.util.ArrayList;
import java.util.List;

/** A function of a module with its body verified. */
public final class Routine {
    private final Function syntax;
    private final List<Argument> results = new ArrayList<>();
    private final List<Argument> parameters = new ArrayList<>();
    private List<Register> registers = List.of();
    private List<Operation> code = List.of();
    private List<Integer> labels = List.of();

    Routine(Function syntax) {
        this.syntax = syntax;
    }

    void complete(List<Register> ofRegisters, List<Operation> ofCode, List<Integer> ofLabels) {
        registers = List.copyOf(ofRegisters);
        code = List.copyOf(ofCode);
        labels = List.copyOf(ofLabels);
    }

    List<Argument> resultList() {
        return results;
    }

    List<Argument> parameterList() {
        return parameters;
    }

    public Function syntax() {
        return syntax;
    }

    public String name() {
        return syntax.name();
    }

    /** The formal results: registers, or the addresses of {@code .param} variables. */
    public List<Argument> results() {
        return List.copyOf(results);
    }

    /** The formal parameters: registers, or the addresses of {@code .param} variables. */
    public List<Argument> parameters() {
        return List.copyOf(parameters);
    }

    public List<Register> registers() {
        return registers;
    }

    public List<Operation> code() {
        return code;
    }

    /** For each label the index of the operation that follows it; may be {@code code().size()}. */
    public List<Integer> labels() {
        return labels;
    }
}
