package dev.gatun.sampler.beam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.sampler.InvalidSamplingException;
import org.junit.jupiter.api.Test;

class BeamParamsTest {
    private static void refuses(String message, BeamParams params) {
        var refusal = assertThrows(InvalidSamplingException.class, params::checked);
        assertEquals(message, refusal.getMessage());
        assertEquals(message.replaceAll("[= ].*", ""), refusal.option());
    }

    @Test
    void acceptsWhatAgrees() {
        BeamParams params = new BeamParams(6, -0.5, EarlyStopping.NEVER, 3, 0.5, 6);
        assertEquals(params, params.checked());
        assertEquals(BeamParams.of(1), BeamParams.of(1).checked());
    }

    @Test
    void refusesWhatIsOutOfRange() {
        refuses("num_beams=0 is outside [1, 1024]", BeamParams.of(0));
        refuses("num_beams=1025 is outside [1, 1024]", BeamParams.of(1_025));
        refuses("length_penalty=NaN is not a finite number", BeamParams.of(2).withLengthPenalty(Double.NaN));
        refuses("num_beam_groups=0 is outside [1, 2]", BeamParams.of(2).withGroups(0, 0));
        refuses("num_beam_groups=3 is outside [1, 2]", BeamParams.of(2).withGroups(3, 1));
        refuses(
                "diversity_penalty=-1.0 is outside [0, infinity)",
                BeamParams.of(2).withGroups(2, -1));
        refuses("num_return_sequences=0 is outside [1, 2]", BeamParams.of(2).withNumReturnSequences(0));
    }

    @Test
    void refusesWhatContradicts() {
        refuses(
                "num_beam_groups=2 would all find the same: set diversity_penalty above 0",
                BeamParams.of(4).withGroups(2, 0));
        refuses(
                "diversity_penalty=1.0 makes groups differ, but num_beam_groups is 1",
                BeamParams.of(4).withGroups(1, 1));
        refuses("num_return_sequences=5 is above num_beams=4", BeamParams.of(4).withNumReturnSequences(5));
        var refusal = assertThrows(
                InvalidSamplingException.class,
                () -> BeamParams.of(4).withGroups(3, 1).checked());
        assertEquals("num_beams=4 is no multiple of num_beam_groups=3", refusal.getMessage());
        assertEquals("num_beam_groups", refusal.option());
    }
}
