package dev.gatun.ptx.verify;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Operand;
import dev.gatun.ptx.syntax.Statement;
import dev.gatun.ptx.syntax.Variable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what is legal in one routine but hardly meant. Names that compilers make up, {@code %r<n>} and {@code $L}, pass. */
final class Lint {
    private static final Set<SpecialRegister> DIFFER_BY_THREAD = Set.of(
            SpecialRegister.TID,
            SpecialRegister.LANEID,
            SpecialRegister.WARPID,
            SpecialRegister.LANEMASK_EQ,
            SpecialRegister.LANEMASK_LE,
            SpecialRegister.LANEMASK_LT,
            SpecialRegister.LANEMASK_GE,
            SpecialRegister.LANEMASK_GT);

    /** Registers that nvcc declares whether it needs them or not. */
    private static final Set<String> COMPILERS_OWN = Set.of("%SP", "%SPL", "temp_param_reg");

    private final Routine routine;
    private final List<Diagnostic> found;
    private final Set<Register> read = new HashSet<>();
    private final Set<Register> written = new HashSet<>();
    private final Set<String> used = new HashSet<>();
    private final Set<String> addressed = new HashSet<>();
    private final Set<String> readParameters = new HashSet<>();
    private final Set<String> referenced = new HashSet<>();

    Lint(Routine routine, List<Diagnostic> found) {
        this.routine = routine;
        this.found = found;
    }

    void run() {
        List<Statement> body = routine.syntax().body();
        if (body == null) {
            return;
        }
        for (Argument formal : routine.parameters()) {
            if (formal instanceof Argument.Reg reg) {
                written.add(reg.register());
            }
        }
        routine.code().forEach(operation -> visit(operation, read, written));
        collectNames(body);
        routine.registers().forEach(register -> used.add(register.name()));
        declarations(body);
        unset();
        parameters();
        unreachable();
        barriers();
        blockSize();
    }

    private void warn(Position position, String code, String message) {
        found.add(new Diagnostic(Diagnostic.Severity.WARNING, position, code, message));
    }

    private void visit(Operation operation, Set<Register> reads, Set<Register> writes) {
        if (operation.guard() != null) {
            reads.add(operation.guard().register());
        }
        for (int i = 0; i < operation.arguments().size(); i++) {
            boolean destination =
                    i < operation.slots().size() && operation.slots().get(i).isDestination();
            visit(operation.argument(i), destination ? writes : reads, reads);
        }
        if (operation.opcode().equals("call") && operation.arguments().get(0) instanceof Argument.Callee callee) {
            callee.results().forEach(result -> visit(result, writes, reads));
            callee.arguments().forEach(argument -> visit(argument, reads, reads));
        }
    }

    private void visit(Argument argument, Set<Register> into, Set<Register> reads) {
        switch (argument) {
            case Argument.Reg reg -> into.add(reg.register());
            case Argument.Predicate predicate -> reads.add(predicate.register());
            case Argument.Group group -> group.elements().forEach(element -> visit(element, into, reads));
            case Argument.Two two -> {
                visit(two.first(), into, reads);
                visit(two.second(), into, reads);
            }
            case Argument.Memory memory -> visit(memory.base(), reads, reads);
            case Argument.Tensor tensor -> {
                visit(tensor.map(), reads, reads);
                tensor.coordinates().forEach(coordinate -> visit(coordinate, reads, reads));
            }
            case Argument.AddressOf address -> {
                Symbol symbol = address.symbol();
                (symbol.isParameterOfEntry() ? readParameters : addressed)
                        .add(symbol.variable().name());
            }
            default -> {}
        }
    }

    private void collectNames(List<Statement> statements) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Scope scope -> collectNames(scope.statements());
                case Statement.Targets targets -> referenced.addAll(targets.targets());
                case Statement.Instruction instruction ->
                    instruction.operands().forEach(operand -> {
                        if (operand instanceof Operand.Name name) {
                            referenced.add(name.name());
                        }
                    });
                default -> {}
            }
        }
    }

    private void declarations(List<Statement> statements) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Scope scope -> declarations(scope.statements());
                case Statement.Label label -> {
                    if (!label.name().startsWith("$") && !referenced.contains(label.name())) {
                        warn(label.position(), "unused-label", "nothing jumps to label '" + label.name() + "'");
                    }
                }
                case Statement.Declaration declaration -> declared(declaration.variable());
                default -> {}
            }
        }
    }

    private void declared(Variable variable) {
        if (variable.space() == StateSpace.REG) {
            boolean single = variable.registers() == 0 && variable.vector() == 1;
            if (single && !COMPILERS_OWN.contains(variable.name()) && !used.contains(variable.name())) {
                warn(variable.position(), "unused-register", "register '" + variable.name() + "' is not used");
            }
        } else if (!addressed.contains(variable.name())) {
            warn(
                    variable.position(),
                    "unused-variable",
                    "." + variable.space().word() + " variable '" + variable.name() + "' is not used");
        }
    }

    private void unset() {
        Set<Register> told = new HashSet<>(written);
        for (Operation operation : routine.code()) {
            Set<Register> reads = new HashSet<>();
            visit(operation, reads, new HashSet<>());
            for (Register register : reads) {
                if (told.add(register)) {
                    warn(
                            operation.syntax().position(),
                            "unset-register",
                            "register '" + register.name() + "' is read here, but no instruction writes it");
                }
            }
        }
    }

    private void parameters() {
        if (!routine.syntax().isEntry()) {
            return;
        }
        for (Variable parameter : routine.syntax().parameters()) {
            if (!readParameters.contains(parameter.name())) {
                warn(
                        parameter.position(),
                        "unused-parameter",
                        "parameter '" + parameter.name() + "' of '" + routine.name() + "' is not read");
            }
        }
    }

    private void unreachable() {
        List<Operation> code = routine.code();
        boolean[] reached = new boolean[code.size()];
        Deque<Integer> open = new ArrayDeque<>(List.of(0));
        while (!open.isEmpty()) {
            int at = open.pop();
            if (at >= code.size() || reached[at]) {
                continue;
            }
            reached[at] = true;
            Operation operation = code.get(at);
            for (Argument argument : operation.arguments()) {
                if (argument instanceof Argument.Target target) {
                    target.labels().forEach(label -> open.push(routine.labels().get(label)));
                }
            }
            boolean ends = Set.of("bra", "brx", "ret", "exit", "trap").contains(operation.opcode());
            if (!ends || operation.guard() != null) {
                open.push(at + 1);
            }
        }
        for (int at = 0; at < reached.length; at++) {
            boolean tail =
                    Set.of("ret", "exit").contains(code.get(at).opcode()); // closing one's routine is good manners
            if (!reached[at] && !tail && (at == 0 || reached[at - 1])) {
                warn(code.get(at).syntax().position(), "unreachable-code", "no path leads to this instruction");
            }
        }
    }

    /** A barrier under a predicate that threads of a warp may see differently. */
    private void barriers() {
        Set<Register> differing = differing();
        for (Operation operation : routine.code()) {
            boolean barrier = operation.opcode().equals("bar") && !operation.has("warp");
            if (barrier
                    && operation.guard() != null
                    && differing.contains(operation.guard().register())) {
                warn(
                        operation.syntax().position(),
                        "divergent-barrier",
                        "this barrier waits for all threads, but predicate '"
                                + operation.guard().register().name() + "' may differ between them");
            }
        }
    }

    /** The registers whose values follow from the thread's own number. */
    private Set<Register> differing() {
        Set<Register> differing = new HashSet<>();
        Deque<Register> open = new ArrayDeque<>();
        Map<Register, List<Set<Register>>> writtenFrom = new HashMap<>();
        for (Operation operation : routine.code()) {
            Set<Register> reads = new HashSet<>();
            Set<Register> writes = new HashSet<>();
            visit(operation, reads, writes);
            reads.forEach(register -> writtenFrom
                    .computeIfAbsent(register, missing -> new ArrayList<>())
                    .add(writes));
            if (operation.arguments().stream()
                    .anyMatch(argument -> argument instanceof Argument.Special special
                            && DIFFER_BY_THREAD.contains(special.register()))) {
                open.addAll(writes);
            }
        }
        while (!open.isEmpty()) {
            Register register = open.pop();
            if (differing.add(register)) {
                writtenFrom.getOrDefault(register, List.of()).forEach(open::addAll);
            }
        }
        return differing;
    }

    private void blockSize() {
        Set<String> directives = routine.syntax().attributes().keySet();
        boolean bounded = directives.contains("maxntid") || directives.contains("reqntid");
        boolean synchronises = routine.code().stream()
                .anyMatch(operation -> Set.of("bar", "barrier").contains(operation.opcode()));
        if (routine.syntax().isEntry() && synchronises && !bounded) {
            warn(
                    routine.syntax().position(),
                    "no-block-size",
                    "entry '" + routine.name() + "' synchronises its block but has neither .maxntid nor .reqntid;"
                            + " ptxas must then allow for 1,024 threads");
        }
    }
}
