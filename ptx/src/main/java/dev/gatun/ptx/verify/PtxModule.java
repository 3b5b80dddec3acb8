package dev.gatun.ptx.verify;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Function;
import dev.gatun.ptx.syntax.ModuleSyntax;
import dev.gatun.ptx.syntax.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** PTX text that has been read and verified whole: nothing in it can fail for being unknown when it runs. */
public final class PtxModule {
    private final ModuleSyntax syntax;
    private final Map<String, Symbol> symbols = new LinkedHashMap<>();
    private final Map<String, Routine> routines = new LinkedHashMap<>();
    private final Map<String, PtxEntry> entries = new LinkedHashMap<>();

    private PtxModule(ModuleSyntax syntax) {
        this.syntax = syntax;
    }

    /**
     * Reads and verifies PTX text.
     *
     * @throws dev.gatun.ptx.PtxSyntaxException if the text is not PTX
     * @throws PtxVerifyException if it breaks rules of the ISA or uses what the machine does not know
     */
    public static PtxModule parse(String text) {
        PtxModule module = new PtxModule(ModuleSyntax.parse(text));
        module.verify();
        return module;
    }

    private void verify() {
        List<PtxVerifyException.Problem> problems = new ArrayList<>();
        for (Variable variable : syntax.variables()) {
            declare(variable, problems);
        }
        for (Function function : syntax.functions()) {
            declare(function, problems);
        }
        Target target = target();
        for (Routine routine : routines.values()) {
            new RoutineVerifier(routine, routines, symbols, target, problems).verify();
        }
        if (problems.isEmpty()) {
            CallGraph.rejectRecursion(routines.values(), problems);
        }
        if (!problems.isEmpty()) {
            throw new PtxVerifyException(problems);
        }
        for (Routine routine : routines.values()) {
            if (routine.syntax().isEntry() && routine.syntax().body() != null) {
                entries.put(routine.name(), new PtxEntry(this, routine));
            }
        }
    }

    private void declare(Function function, List<PtxVerifyException.Problem> problems) {
        Routine known = routines.get(function.name());
        Symbol variable = symbols.get(function.name());
        Position at = function.position();
        if (variable != null) {
            Position other = variable.variable().position();
            problems.add(new PtxVerifyException.Problem(
                    other.line() > at.line() ? other : at,
                    "'" + function.name() + "' is both a variable and a function"));
        } else if (known == null) {
            routines.put(function.name(), new Routine(function));
        } else if (known.syntax().body() != null) {
            problems.add(new PtxVerifyException.Problem(at, "function '" + function.name() + "' is defined twice"));
        } else if (!known.syntax().hasSignatureOf(function)) {
            problems.add(new PtxVerifyException.Problem(
                    at,
                    "function '" + function.name()
                            + "' has other results or parameters than it was declared with on line "
                            + known.syntax().position().line()));
        } else {
            routines.put(function.name(), new Routine(function));
        }
    }

    private void declare(Variable variable, List<PtxVerifyException.Problem> problems) {
        try {
            VariableRules.check(variable);
            InitializerRules.checkAddresses(variable, symbols);
        } catch (PtxVerifyException tooLarge) {
            problems.addAll(tooLarge.problems());
            return;
        }
        Symbol known = symbols.get(variable.name());
        boolean replaces = known == null || known.variable().linkage() == dev.gatun.ptx.syntax.Linkage.EXTERN;
        if (!replaces) {
            problems.add(new PtxVerifyException.Problem(
                    variable.position(), "variable '" + variable.name() + "' is defined twice"));
            return;
        }
        if (variable.linkage() == dev.gatun.ptx.syntax.Linkage.EXTERN && variable.space() != StateSpace.SHARED) {
            problems.add(new PtxVerifyException.Problem(
                    variable.position(),
                    "variable '" + variable.name() + "' is external; modules are not linked with each other"));
        }
        symbols.put(variable.name(), new Symbol(variable, false, true));
    }

    /** Whether its version and target know clusters of several blocks. */
    boolean hasClusters() {
        return target().hasClusters();
    }

    private Target target() {
        int number = 0;
        boolean specific = false;
        for (String target : syntax.targets()) {
            if (target.startsWith("sm_")) {
                number = Math.max(number, Integer.parseInt(target.replaceAll("\\D", "")));
                specific |= target.endsWith("a") || target.endsWith("f");
            }
        }
        return new Target(syntax.version(), number, specific);
    }

    public ModuleSyntax syntax() {
        return syntax;
    }

    public List<PtxEntry> entries() {
        return List.copyOf(entries.values());
    }

    /**
     * The kernel called {@code name}.
     *
     * @throws IllegalArgumentException naming the entries there are
     */
    public PtxEntry entry(String name) {
        PtxEntry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no entry '" + name + "' in the module; it has " + entries.keySet());
        }
        return entry;
    }

    /** The entries and functions, declarations without bodies included. */
    List<Routine> routines() {
        return List.copyOf(routines.values());
    }

    /** The variables declared outside functions. */
    public List<Symbol> symbols() {
        return List.copyOf(symbols.values());
    }
}
