package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Function;
import dev.gatun.ptx.syntax.Operand;
import dev.gatun.ptx.syntax.Statement;
import dev.gatun.ptx.syntax.Statement.Instruction;
import dev.gatun.ptx.syntax.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Verifies the body of one function; goes on after a broken rule to report several at once. */
final class RoutineVerifier {
    private static final int PROBLEM_LIMIT = 20;

    private final Routine routine;
    private final Map<String, Routine> routines;
    private final Target target;
    private final List<PtxVerifyException.Problem> problems;
    private final Names names;
    private final LabelTable labels = new LabelTable();
    private final OperandResolver operands;
    private final List<Operation> code = new ArrayList<>();

    RoutineVerifier(
            Routine routine,
            Map<String, Routine> routines,
            Map<String, Symbol> symbols,
            Target target,
            List<PtxVerifyException.Problem> problems) {
        this.routine = routine;
        this.routines = routines;
        this.target = target;
        this.problems = problems;
        this.names = new Names(symbols);
        this.operands = new OperandResolver(names, labels);
    }

    void verify() {
        Function function = routine.syntax();
        List<Statement> body = function.body();
        if (body == null) {
            return;
        }
        attempt(() -> {
            formals(function.results(), routine.resultList(), false);
            formals(function.parameters(), routine.parameterList(), function.isEntry());
            block(body);
            routine.complete(names.registers(), code, labels.places());
        });
    }

    private void formals(List<Variable> variables, List<Argument> into, boolean entry) {
        for (Variable variable : variables) {
            if (entry && variable.space() != StateSpace.PARAM) {
                throw new PtxVerifyException(
                        variable.position(), "parameter '" + variable.name() + "' of an entry must lie in .param");
            }
            names.declare(variable, entry);
            if (variable.space() == StateSpace.REG) {
                into.add(operands.value(
                        new Operand.Name(variable.position(), variable.name(), "", 0), variable.type(), false, true));
            } else {
                into.add(new Argument.AddressOf(Objects.requireNonNull(names.symbol(variable.name())), 0));
            }
        }
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (PtxVerifyException broken) {
            problems.addAll(broken.problems());
            if (problems.size() >= PROBLEM_LIMIT) {
                throw new PtxVerifyException(problems);
            }
        }
    }

    private void block(List<Statement> statements) {
        names.enter();
        labels.enter(statements);
        for (Statement statement : statements) {
            attempt(() -> statement(statement));
        }
        labels.leave();
        names.leave();
    }

    private void statement(Statement statement) {
        switch (statement) {
            case Statement.Label label -> labels.place(label.name(), code.size());
            case Statement.Scope scope -> block(scope.statements());
            case Statement.Declaration declaration -> names.declare(declaration.variable(), false);
            case Instruction instruction -> code.add(operation(instruction));
            case Statement.Prototype prototype ->
                throw new PtxVerifyException(prototype.position(), "indirect calls are not supported");
            case Statement.Targets targets -> {}
            case Statement.SourceLine line -> {}
        }
    }

    private Operation operation(Instruction instruction) {
        Statement.Guard guard = instruction.guard();
        Argument.Predicate predicate = null;
        if (guard != null) {
            Operand register = new Operand.Name(guard.position(), guard.register(), "", 0);
            predicate = new Argument.Predicate(operands.register(register, PtxType.PRED, false), guard.negated());
        }
        if (instruction.opcode().equals("call")) {
            Argument callee = call(instruction);
            return new Operation(instruction, null, new Selection(Map.of()), predicate, List.of(), List.of(callee));
        }
        Form form = form(instruction);
        Selection selection = selection(form, instruction);
        List<OperandSlot> slots = Objects.requireNonNull(
                form.operands(selection, instruction.operands().size()));
        List<Argument> arguments = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            arguments.add(operands.resolve(instruction.operands().get(i), slots.get(i), selection));
        }
        Operation operation = new Operation(instruction, form, selection, predicate, slots, arguments);
        OperationRules.check(operation, target);
        return operation;
    }

    /** The row that fits in modifiers, operands and target; otherwise says which of the three is wrong. */
    private Form form(Instruction instruction) {
        List<Form> forms = Forms.of(instruction.opcode());
        if (forms.isEmpty()) {
            throw error(instruction, "unknown instruction '" + instruction.opcode() + "'");
        }
        int count = instruction.operands().size();
        List<Form> matching = forms.stream()
                .filter(form -> form.match(instruction.modifiers()) != null)
                .toList();
        if (matching.isEmpty()) {
            throw error(
                    instruction,
                    "no such form: " + written(instruction) + "; known are "
                            + forms.stream().map(Form::pattern).limit(6).collect(Collectors.joining("  ")));
        }
        List<Form> fitting = matching.stream()
                .filter(form -> form.operands(selection(form, instruction), count) != null)
                .toList();
        if (fitting.isEmpty()) {
            String wanted =
                    matching.get(0).operands().stream().map(OperandSlot::text).collect(Collectors.joining(" "));
            throw error(
                    instruction,
                    written(instruction) + " takes other operands than these " + count + "; the form is " + wanted);
        }
        List<Form> available = fitting.stream()
                .filter(form -> target.has(form, selection(form, instruction)))
                .toList();
        if (available.isEmpty()) {
            Form form = fitting.get(0);
            throw error(
                    instruction, written(instruction) + " needs " + target.lacks(form, selection(form, instruction)));
        }
        return available.stream()
                .filter(form -> packs(form) == packs(instruction))
                .findFirst()
                .orElse(available.get(0));
    }

    private static Selection selection(Form form, Instruction instruction) {
        return Objects.requireNonNull(form.match(instruction.modifiers()));
    }

    /** Which operand of a {@code mov} is a vector, which one of a {@code wgmma} beyond the sums: -1 for none. */
    private static int packs(Form form) {
        boolean multiplies = form.opcode().equals("wgmma");
        for (int i = multiplies ? 1 : 0; i < form.operands().size(); i++) {
            OperandSlot slot = form.operands().get(i);
            if (slot.kind() == OperandSlot.Kind.PACK
                    || (multiplies && !slot.count().isEmpty())) {
                return i;
            }
        }
        return -1;
    }

    private int packs(Instruction instruction) {
        boolean multiplies = instruction.opcode().equals("wgmma");
        if (!multiplies && !instruction.opcode().equals("mov")) {
            return -1;
        }
        for (int i = multiplies ? 1 : 0; i < instruction.operands().size(); i++) {
            Operand operand = instruction.operands().get(i);
            if (operand instanceof Operand.Vector
                    || (operand instanceof Operand.Name name
                            && name.element().isEmpty()
                            && names.vector(name.name()) != null)) {
                return i;
            }
        }
        return -1;
    }

    private Argument call(Instruction instruction) {
        List<Operand> written = instruction.operands();
        int nameIndex = !written.isEmpty() && written.get(0) instanceof Operand.Arguments ? 1 : 0;
        if (written.size() <= nameIndex || !(written.get(nameIndex) instanceof Operand.Name name)) {
            throw error(instruction, "call takes [(results),] function [, (arguments)]");
        }
        Routine callee = routines.get(name.name());
        if (callee == null) {
            throw error(
                    instruction,
                    names.register(name.name(), "") != null
                            ? "indirect calls are not supported"
                            : "function '" + name.name() + "' is not declared");
        }
        if (callee.syntax().body() == null) {
            throw error(
                    instruction, "function '" + name.name() + "' has no body in this module, so it cannot be called");
        }
        if (callee.syntax().isEntry()) {
            throw error(instruction, "'" + name.name() + "' is an entry; only functions can be called");
        }
        List<Operand> results =
                nameIndex == 1 && written.get(0) instanceof Operand.Arguments list ? list.values() : List.of();
        List<Operand> arguments =
                written.size() > nameIndex + 1 && written.get(nameIndex + 1) instanceof Operand.Arguments list
                        ? list.values()
                        : List.of();
        return new Argument.Callee(
                callee,
                actuals(instruction, results, callee.syntax().results(), true),
                actuals(instruction, arguments, callee.syntax().parameters(), false));
    }

    private List<Argument> actuals(
            Instruction call, List<Operand> written, List<Variable> formals, boolean destination) {
        if (written.size() != formals.size()) {
            throw error(
                    call,
                    "the call passes " + written.size() + (destination ? " results, " : " arguments, ")
                            + "the function has " + formals.size());
        }
        List<Argument> actuals = new ArrayList<>();
        for (int i = 0; i < formals.size(); i++) {
            Variable formal = formals.get(i);
            boolean register = formal.space() == StateSpace.REG;
            Operand operand = written.get(i);
            Argument actual = register
                    ? operands.value(operand, formal.type(), false, destination)
                    : operands.value(operand, PtxType.B64, false, false);
            if (!register
                    && !(actual instanceof Argument.AddressOf address
                            && address.symbol().space() == StateSpace.PARAM
                            && address.symbol().variable().byteSize() >= formal.byteSize())) {
                throw error(
                        call, "argument " + (i + 1) + " must be a .param variable of " + formal.byteSize() + " bytes");
            }
            actuals.add(actual);
        }
        return actuals;
    }

    private static String written(Instruction instruction) {
        return instruction.opcode()
                + instruction.modifiers().stream().map(word -> "." + word).collect(Collectors.joining());
    }

    private static PtxVerifyException error(Instruction instruction, String message) {
        return new PtxVerifyException(instruction.position(), message);
    }
}
