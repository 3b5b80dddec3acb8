package dev.gatun.ptx.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Links branches, and puts a {@link JoinStep} where parted lanes meet: at the immediate post-dominator of each branch
 * (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", on the reversed graph).
 */
final class ControlFlow {
    private final List<Step> steps;
    private final int[] blockOf; // by step
    private final List<Integer> leaders = new ArrayList<>();
    private final List<List<Integer>> successors = new ArrayList<>();
    private final int exit; // number of the virtual block behind all exits
    private final int[] postDominator; // by block

    private ControlFlow(List<Step> steps) {
        this.steps = steps;
        this.blockOf = new int[steps.size()];
        findBlocks();
        this.exit = leaders.size();
        findSuccessors();
        this.postDominator = postDominators();
    }

    static Step[] link(List<Step> steps) {
        return new ControlFlow(steps).link();
    }

    private static boolean endsBlock(Step step) {
        return step instanceof Branch || step instanceof IndexedBranch || step instanceof Exit;
    }

    private void findBlocks() {
        boolean[] leads = new boolean[steps.size()];
        leads[0] = true;
        for (int n = 0; n < steps.size(); n++) {
            Step step = steps.get(n);
            if (step instanceof Branch branch) {
                leads[branch.label().index] = true;
            } else if (step instanceof IndexedBranch branch) {
                for (Label label : branch.labels()) {
                    leads[label.index] = true;
                }
            }
            if (endsBlock(step) && n + 1 < steps.size()) {
                leads[n + 1] = true;
            }
        }
        for (int n = 0; n < steps.size(); n++) {
            if (leads[n]) {
                leaders.add(n);
            }
            blockOf[n] = leaders.size() - 1;
        }
    }

    private void findSuccessors() {
        for (int block = 0; block < leaders.size(); block++) {
            int last = (block + 1 < leaders.size() ? leaders.get(block + 1) : steps.size()) - 1;
            Step step = steps.get(last);
            List<Integer> next = new ArrayList<>();
            if (step instanceof Branch branch) {
                next.add(blockOf[branch.label().index]);
            } else if (step instanceof IndexedBranch branch) {
                for (Label label : branch.labels()) {
                    next.add(blockOf[label.index]);
                }
            } else if (step instanceof Exit) {
                next.add(exit);
            }
            boolean fallsThrough = !endsBlock(step) || step.guard >= 0;
            if (fallsThrough) {
                next.add(last + 1 < steps.size() ? blockOf[last + 1] : exit);
            }
            successors.add(next);
        }
    }

    private int[] postDominators() {
        int count = exit + 1;
        List<List<Integer>> predecessors = new ArrayList<>();
        for (int block = 0; block < count; block++) {
            predecessors.add(new ArrayList<>());
        }
        for (int block = 0; block < exit; block++) {
            for (int next : successors.get(block)) {
                predecessors.get(next).add(block);
            }
        }
        int[] order = new int[count]; // postorder number in the reversed graph, -1 if the exit is out of reach
        List<Integer> reversePostorder = postorder(predecessors, order).reversed();
        int[] dominator = new int[count];
        Arrays.fill(dominator, -1);
        dominator[exit] = exit;
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int block : reversePostorder) {
                if (block == exit) {
                    continue;
                }
                int found = -1;
                for (int next : successors.get(block)) {
                    if (dominator[next] >= 0) {
                        found = found < 0 ? next : intersect(found, next, dominator, order);
                    }
                }
                if (dominator[block] != found) {
                    dominator[block] = found;
                    changed = true;
                }
            }
        }
        return dominator;
    }

    private List<Integer> postorder(List<List<Integer>> predecessors, int[] order) {
        Arrays.fill(order, -1);
        List<Integer> finished = new ArrayList<>();
        boolean[] seen = new boolean[order.length];
        List<int[]> stack = new ArrayList<>();
        stack.add(new int[] {exit, 0});
        seen[exit] = true;
        while (!stack.isEmpty()) {
            int[] top = stack.get(stack.size() - 1);
            List<Integer> next = predecessors.get(top[0]);
            if (top[1] < next.size()) {
                int block = next.get(top[1]++);
                if (!seen[block]) {
                    seen[block] = true;
                    stack.add(new int[] {block, 0});
                }
            } else {
                order[top[0]] = finished.size();
                finished.add(top[0]);
                stack.remove(stack.size() - 1);
            }
        }
        return finished;
    }

    private static int intersect(int a, int b, int[] dominator, int[] order) {
        int x = a;
        int y = b;
        while (x != y) {
            while (order[x] < order[y]) {
                x = dominator[x];
            }
            while (order[y] < order[x]) {
                y = dominator[y];
            }
        }
        return x;
    }

    private Step[] link() {
        boolean[] joins = new boolean[leaders.size()];
        for (int n = 0; n < steps.size(); n++) {
            int meeting = meeting(n);
            if (meeting >= 0) {
                joins[meeting] = true;
            }
        }
        int[] start = new int[leaders.size()]; // of each block in the linked program
        List<Step> linked = new ArrayList<>();
        for (int n = 0; n < steps.size(); n++) {
            int block = blockOf[n];
            if (leaders.get(block) == n) {
                start[block] = linked.size();
                if (joins[block]) {
                    Step join = new JoinStep();
                    join.attach(null, -1, false, new int[0], new int[0]);
                    linked.add(join);
                }
            }
            linked.add(steps.get(n));
        }
        for (int n = 0; n < steps.size(); n++) {
            Step step = steps.get(n);
            int meeting = meeting(n);
            int joinPc = meeting < 0 ? -1 : start[meeting];
            if (step instanceof Branch branch) {
                branch.link(start[blockOf[branch.label().index]], joinPc);
            } else if (step instanceof IndexedBranch branch) {
                Label[] labels = branch.labels();
                for (int choice = 0; choice < labels.length; choice++) {
                    branch.link(choice, start[blockOf[labels[choice].index]]);
                }
                branch.meetAt(joinPc);
            }
        }
        return linked.toArray(new Step[0]);
    }

    /** The block where lanes that part at a step meet; -1 if they do not part or meet only in the end. */
    private int meeting(int index) {
        Step step = steps.get(index);
        boolean parts = (step instanceof Branch && step.guard >= 0) || step instanceof IndexedBranch;
        if (!parts) {
            return -1;
        }
        int dominator = postDominator[blockOf[index]];
        return dominator == exit ? -1 : dominator;
    }
}
