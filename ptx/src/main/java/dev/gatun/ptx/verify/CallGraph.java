package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxVerifyException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Who calls whom; calls are expanded in place, so a cycle has no end. */
final class CallGraph {
    private CallGraph() {}

    static void rejectRecursion(Collection<Routine> routines, List<PtxVerifyException.Problem> problems) {
        Set<Routine> done = new HashSet<>();
        for (Routine routine : routines) {
            visit(routine, new HashSet<>(), done, problems);
        }
    }

    private static void visit(
            Routine routine, Set<Routine> path, Set<Routine> done, List<PtxVerifyException.Problem> problems) {
        if (done.contains(routine)) {
            return;
        }
        path.add(routine);
        for (Operation operation : routine.code()) {
            if (!operation.arguments().isEmpty() && operation.argument(0) instanceof Argument.Callee callee) {
                if (path.contains(callee.routine())) {
                    problems.add(new PtxVerifyException.Problem(
                            operation.syntax().position(),
                            "recursive call of '" + callee.routine().name() + "' is not supported"));
                } else {
                    visit(callee.routine(), path, done, problems);
                }
            }
        }
        path.remove(routine);
        done.add(routine);
    }
}
