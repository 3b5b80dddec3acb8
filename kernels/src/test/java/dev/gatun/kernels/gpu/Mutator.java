package dev.gatun.kernels.gpu;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxException;
import dev.gatun.ptx.syntax.Function;
import dev.gatun.ptx.syntax.Statement;
import dev.gatun.ptx.verify.PtxModule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * Draws mutants of a kernel: an instruction, then a kind of mistake that it can have, then one of its forms, each uniformly.
 * No mutant is drawn twice and all verify.
 */
final class Mutator {
    private static final int TRIES_PER_MUTANT = 200;

    /** An instruction's place in the text. */
    private record Site(int line, int begin, int end) {}

    private final String text;
    private final List<Site> sites = new ArrayList<>();

    /** Of a text with one entry. */
    Mutator(String text) {
        this.text = text;
        int[] lineStarts = lineStarts(text);
        Function entry = PtxModule.parse(text).syntax().functions().getFirst();
        for (Statement statement : Objects.requireNonNull(entry.body())) {
            if (statement instanceof Statement.Instruction instruction) {
                Position position = instruction.position();
                int begin = lineStarts[position.line() - 1] + position.column() - 1;
                if (instruction.guard() != null) {
                    begin = text.lastIndexOf('@', begin);
                }
                sites.add(new Site(position.line(), begin, text.indexOf(';', begin) + 1));
            } else if (statement instanceof Statement.Scope) {
                throw new IllegalArgumentException("nested scopes are not looked into");
            }
        }
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[(int) text.chars().filter(c -> c == '\n').count() + 1];
        for (int line = 1; line < starts.length; line++) {
            starts[line] = text.indexOf('\n', starts[line - 1]) + 1;
        }
        return starts;
    }

    /** How many instructions there are. */
    int instructions() {
        return sites.size();
    }

    /** Up to {@code count} mutants: fewer if the kernel has not so many. */
    List<Mutant> draw(int count, long seed) {
        Random random = new Random(seed);
        Set<String> seen = new HashSet<>();
        List<Mutant> mutants = new ArrayList<>();
        for (int tries = 0; mutants.size() < count && tries < count * TRIES_PER_MUTANT; tries++) {
            List<Mutant> candidates = candidates(sites.get(random.nextInt(sites.size())), random);
            if (candidates.isEmpty()) {
                continue;
            }
            Mutant mutant = candidates.get(random.nextInt(candidates.size()));
            if (seen.add(mutant.text()) && verifies(mutant.text())) {
                mutants.add(mutant);
            }
        }
        return mutants;
    }

    /** Every mutant there is, for tests of this class. */
    List<Mutant> all() {
        List<Mutant> mutants = new ArrayList<>();
        for (Site site : sites) {
            for (Mutation mutation : Mutation.values()) {
                mutants.addAll(candidates(site, mutation));
            }
        }
        mutants.removeIf(mutant -> !verifies(mutant.text()));
        return mutants;
    }

    /** Mutants by one of the mistakes that are possible here. */
    private List<Mutant> candidates(Site site, Random random) {
        List<List<Mutant>> byMutation = new ArrayList<>();
        for (Mutation mutation : Mutation.values()) {
            List<Mutant> mutants = candidates(site, mutation);
            if (!mutants.isEmpty()) {
                byMutation.add(mutants);
            }
        }
        return byMutation.isEmpty() ? List.of() : byMutation.get(random.nextInt(byMutation.size()));
    }

    private List<Mutant> candidates(Site site, Mutation mutation) {
        PtxInstruction before = PtxInstruction.parse(text.substring(site.begin(), site.end()));
        if (copiesOntoItself(before)) {
            return List.of();
        }
        if (mutation == Mutation.DELETED) {
            boolean returnsAnyway =
                    site.equals(sites.getLast()) && before.operation().equals("ret");
            return returnsAnyway ? List.of() : List.of(mutant(site, mutation, before, ""));
        }
        return mutation.of(before).stream()
                .map(after -> mutant(site, mutation, before, after.toString()))
                .toList();
    }

    private static boolean copiesOntoItself(PtxInstruction instruction) {
        return instruction.operation().equals("cvta.to.global.u64")
                && instruction.operands().get(0).equals(instruction.operands().get(1));
    }

    private Mutant mutant(Site site, Mutation mutation, PtxInstruction before, String after) {
        String changed = text.substring(0, site.begin()) + after + text.substring(site.end());
        return new Mutant(site.line(), mutation, before.toString(), after, changed);
    }

    private static boolean verifies(String candidate) {
        try {
            PtxModule.parse(candidate);
            return true;
        } catch (PtxException invalid) {
            return false;
        }
    }
}
