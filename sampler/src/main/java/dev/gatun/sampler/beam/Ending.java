package dev.gatun.sampler.beam;

/** Says which continuations end their sequence although their token is no end token: a stop text, a complete form. */
@FunctionalInterface
public interface Ending {

    /**
     * Whether a running beam of a group ends with this token. Asked at most once for each of a step's best continuations,
     * while the group {@linkplain BeamSearch#advance advances}.
     */
    boolean ends(int group, int beam, int token);
}
