package dev.gatun.ptx.verify;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.syntax.Operand;
import dev.gatun.ptx.syntax.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The labels of a routine; those of a scope hide those around it. */
final class LabelTable {
    private final List<Integer> places = new ArrayList<>();
    private final List<Map<String, Integer>> scopes = new ArrayList<>();
    private final List<Map<String, Statement.Targets>> lists = new ArrayList<>();

    /** Opens a scope and declares its labels, so that jumps forward resolve. */
    void enter(List<Statement> statements) {
        Map<String, Integer> labels = new HashMap<>();
        Map<String, Statement.Targets> targets = new HashMap<>();
        for (Statement statement : statements) {
            if (statement instanceof Statement.Label label) {
                if (labels.putIfAbsent(label.name(), places.size()) != null) {
                    throw new PtxVerifyException(label.position(), "label '" + label.name() + "' is set twice");
                }
                places.add(-1);
            } else if (statement instanceof Statement.Targets list) {
                targets.put(list.name(), list);
            }
        }
        scopes.add(labels);
        lists.add(targets);
    }

    void leave() {
        scopes.remove(scopes.size() - 1);
        lists.remove(lists.size() - 1);
    }

    void place(String name, int operationIndex) {
        Integer label = scopes.get(scopes.size() - 1).get(name);
        if (label != null) {
            places.set(label, operationIndex);
        }
    }

    List<Integer> places() {
        return places;
    }

    int reference(Operand.Name name) {
        return reference(name.name(), name.position());
    }

    private int reference(String name, Position position) {
        for (int i = scopes.size() - 1; i >= 0; i--) {
            Integer label = scopes.get(i).get(name);
            if (label != null) {
                return label;
            }
        }
        throw new PtxVerifyException(position, "label '" + name + "' is not set in this function");
    }

    Argument.Target targets(Operand.Name name) {
        for (int i = lists.size() - 1; i >= 0; i--) {
            Statement.Targets list = lists.get(i).get(name.name());
            if (list != null) {
                List<Integer> labels = new ArrayList<>();
                for (String target : list.targets()) {
                    labels.add(reference(target, list.position()));
                }
                return new Argument.Target(labels);
            }
        }
        throw new PtxVerifyException(name.position(), "'" + name.name() + "' is no .branchtargets list");
    }
}
