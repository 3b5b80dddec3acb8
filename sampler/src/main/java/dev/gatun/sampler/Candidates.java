package dev.gatun.sampler;

/**
 * The tokens that may still be chosen, and their law: token i weighs e^((x[i] - max) * scale).
 *
 * <p>At first that is the whole row, which is not copied. The first cut that takes tokens away lists the survivors, found
 * through the maxima of blocks, so that most of the row is never looked at again. Nothing is ever sorted as a whole: cuts
 * and the draw select ranks and masses.
 */
final class Candidates {
    /** How far below the maximum, in units of the exponent, a prefix is looked for first, and where all mass ends. */
    private static final double FIRST_DEPTH = -8;

    private static final double DEEPEST = 2 * Exponential.FLOOR;

    /** Where a prefix is looked for without the mass of all tokens. */
    private static final double SETTLING_DEPTH = -20;

    private final BlockedRow row;
    private final TokenList list = new TokenList(); // the survivors, or scratch space while the row is whole
    private final TypicalOrder typical = new TypicalOrder();
    private float max; // the greatest logit of a survivor
    private double scale;
    private boolean whole;
    private boolean weighed; // the list's weights are up to date
    private double mass; // of all survivors, or negative if not known

    Candidates(RowScan scan, int vocabulary) {
        this.row = new BlockedRow(scan, vocabulary);
    }

    /** Starts with every token of a row and returns its greatest logit: NaN if any is. */
    float open(float[] logits) {
        max = row.open(logits);
        scale = 1;
        whole = true;
        changed();
        return max;
    }

    /** Takes up what was written into the row since it was opened, and returns its greatest logit: NaN if any is. */
    float amend(Logits logits) {
        max = row.amend(logits, max);
        changed();
        return max;
    }

    // ---- the law

    /** The token of the greatest logit in the row; among equals the lowest. */
    int best() {
        return row.first(max);
    }

    /** The survivors: tokens that are not forbidden. */
    int count() {
        return whole ? row.finite() : list.size();
    }

    /** The sum of all survivors' weights. */
    double mass() {
        if (mass < 0) {
            if (whole) {
                mass = row.mass(max, scale);
            } else if (weighed) {
                mass = list.mass(list.size());
            } else {
                mass = weighList();
            }
        }
        return mass;
    }

    /** -sum p ln p over the survivors, in nats. */
    double entropy() {
        double total = mass();
        double moment = 0;
        if (whole) {
            moment = row.moment(max, scale);
        } else {
            weigh();
            for (int i = 0; i < list.size(); i++) {
                moment += list.weight(i) > 0 ? list.weight(i) * exponent(i) : 0;
            }
        }
        return StrictMath.log(total) - moment / total;
    }

    /** The probability of a token; 0 if it was taken away. */
    double probability(int token) {
        double total = mass();
        if (whole) {
            return Exponential.exp(exponent(row.logit(token))) / total;
        }
        weigh();
        for (int i = 0; i < list.size(); i++) {
            if (list.token(i) == token) {
                return list.weight(i) / total;
            }
        }
        return 0;
    }

    /** The natural logarithm of a survivor's probability, exact where the probability itself underflows. */
    double logProbability(float logit) {
        return exponent(logit) - StrictMath.log(mass());
    }

    /** The token at which the mass, cumulated in canonical order, first exceeds the share {@code u} of all, u in [0, 1). */
    int draw(double u) {
        int length = prefix(u, true);
        return list.token(length - 1);
    }

    /** Sorts the best tokens to the front of the list, takes none away, and returns how many there are. */
    int sortBest(int count) {
        if (whole) {
            row.listBest(list, count);
            weighed = false;
        }
        return list.sortBest(count);
    }

    /** The token at an index of the prefix that {@link #sortBest} made. */
    int token(int index) {
        return list.token(index);
    }

    float logit(int index) {
        return list.logit(index);
    }

    double exponent(int index) {
        return exponent(list.logit(index));
    }

    /** The term -p ln p of a listed survivor. */
    double surprise(int index) {
        double logarithm = logProbability(list.logit(index));
        return -StrictMath.exp(logarithm) * logarithm;
    }

    // ---- what changes it

    /** Multiplies all logits by a positive factor. */
    void scale(double factor) {
        scale = Math.min(scale * factor, Double.MAX_VALUE);
        changed();
    }

    /**
     * Keeps the k best.
     *
     * @param ties whether to keep all that equal the last of them
     */
    void keepBest(int k, boolean ties) {
        if (whole) {
            row.listBest(list, k);
            whole = false;
            changed();
        }
        if (k < list.size()) {
            list.selectBest(k);
            if (ties) {
                list.keepAtLeast(list.logit(k - 1));
            } else {
                list.truncate(k);
            }
            mass = -1;
        }
    }

    /** Keeps the tokens with (x - max) * scale of at least {@code floor}, which is at most 0. */
    void keepAtLeast(double floor) {
        keepLogits(leastLogit(max + floor / scale));
    }

    /** Keeps the tokens of at least that probability, and the best. */
    void keepLikely(double probability) {
        keepAtLeast(Math.min(0, StrictMath.log(probability) + StrictMath.log(mass())));
    }

    /** Keeps the tokens within n standard deviations of the best. */
    void keepWithin(double n) {
        double deviation = whole ? row.deviation() : list.deviation();
        keepLogits(leastLogit(max - n * deviation));
    }

    /** Keeps each token above which lies less than the share {@code p} of the mass. */
    void keepMass(double p) {
        int length = prefix(p, false);
        list.truncate(length);
        whole = false;
        mass = -1;
    }

    /** Keeps the tokens of the most typical surprise that hold the share {@code p} of the mass. */
    void keepTypical(double p) {
        double center = StrictMath.log(mass()) - entropy();
        double target = p * mass();
        if (whole) {
            // What is not listed lies further from the center than the depth does.
            double depth = FIRST_DEPTH;
            double furthest;
            do {
                depth *= 2;
                gatherMass(depth);
                furthest = typical.furthest(list, max, scale, center, target);
            } while (depth > DEEPEST && furthest >= center - depth);
            whole = false;
        } else {
            weigh();
            typical.furthest(list, max, scale, center, target);
        }
        typical.cut(list);
        rebase();
    }

    /** Takes away the tokens of at least that probability but the least likely of them. */
    void excludeTop(double probability) {
        float least = leastLogit(max + (StrictMath.log(probability) + StrictMath.log(mass())) / scale);
        if (least <= max) {
            materialise();
            list.dropAllButWorst(least);
            rebase();
        }
    }

    // ---- the list of survivors

    private void materialise() {
        if (whole) {
            gather(-Float.MAX_VALUE);
            whole = false;
        }
    }

    private void keepLogits(float least) {
        if (whole) {
            gather(least);
            whole = false;
        } else {
            list.keepAtLeast(least);
        }
        mass = -1;
    }

    /** Moves the shortest canonical prefix that holds a share of the mass to the front; lists enough of a whole row first. */
    private int prefix(double share, boolean exceed) {
        if (!whole) {
            double target = share * mass();
            weigh();
            return list.selectMass(target, exceed);
        }
        int settled = mass < 0 ? settledPrefix(share, exceed) : 0;
        if (settled > 0) {
            return settled;
        }
        double target = share * mass();
        double depth = FIRST_DEPTH;
        double listed = gatherMass(depth);
        while (depth > DEEPEST && listed <= target) {
            depth *= 4;
            listed = gatherMass(depth);
        }
        return list.selectMass(target, exceed);
    }

    /**
     * The same without knowing the whole mass: what is not listed weighs between nothing and as if every token of it lay at
     * the depth. Returns the length if both bounds agree, else 0. Settles nearly all rows that a model is sure of.
     */
    private int settledPrefix(double share, boolean exceed) {
        float least = leastLogit(max + SETTLING_DEPTH / scale);
        if (!row.hasFew(least)) {
            return 0;
        }
        gather(least);
        double listed = weighList();
        double rest = (row.vocabulary() - list.size()) * Exponential.exp(SETTLING_DEPTH);
        double target = share * (listed + rest);
        if (target >= listed) {
            return 0;
        }
        int length = list.selectMass(target, exceed);
        double above = list.mass(length - 1);
        boolean agrees = exceed ? above <= share * listed : above < share * listed;
        return agrees ? length : 0;
    }

    private double gatherMass(double depth) {
        gather(leastLogit(max + depth / scale));
        return weighList();
    }

    private double weighList() {
        weighed = true;
        return list.weigh(max, scale);
    }

    private void gather(float least) {
        row.list(list, least);
        weighed = false;
    }

    private void weigh() {
        if (!weighed) {
            weighList();
        }
    }

    private double exponent(float logit) {
        return ((double) logit - max) * scale;
    }

    /** The least finite logit that is no less than a bound. */
    private static float leastLogit(double bound) {
        float least = Math.max((float) bound, -Float.MAX_VALUE);
        return least < bound ? Math.nextUp(least) : least;
    }

    /** Measures from the best survivor again: the one before may be gone. */
    private void rebase() {
        max = list.max();
        changed();
    }

    private void changed() {
        weighed = false;
        mass = -1;
    }
}
