package dev.gatun.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AutomatonTest {
    private static final String GRAMMAR =
            "root ::= list | \"a\" root \"b\" | \"a\" root \"c\" | \"x\"\nlist ::= \"[\" (root (\",\" root)*)? \"]\"";

    private static State read(Automaton automaton, State state, String text, int mostMasks) {
        State at = state;
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            at = automaton.refresh(at, mostMasks);
            at = automaton.next(at, automaton.network().classOf(value & 0xFF));
        }
        return at;
    }

    @Test
    void goesOnWhenWhatItKnewIsForgotten() {
        Network network = NetworkCompiler.compile(GbnfParser.parse(GRAMMAR));
        String text = "[x,aa[x,axb]bc,[[x],a[]c";
        var keeping = new Automaton(network);
        var forgetting = new Automaton(network);
        for (int length = 0; length <= text.length(); length++) {
            String begun = text.substring(0, length);
            State kept = read(keeping, keeping.start(), begun, 1000);
            State fresh = read(forgetting, forgetting.start(), begun, -1);
            assertNotEquals(State.DEAD, kept, begun);
            assertEquals(kept.isAccepting(), fresh.isAccepting(), begun);
            for (int value = 0; value < 256; value++) {
                int byteClass = network.classOf(value);
                assertEquals(
                        keeping.next(kept, byteClass) == State.DEAD,
                        forgetting.next(fresh, byteClass) == State.DEAD,
                        begun + (char) value);
            }
        }
        State end = read(forgetting, forgetting.start(), text + "]]", -1);
        assertTrue(end.isAccepting());
    }

    @Test
    void theSamePlaceIsTheSameState() {
        Network network = NetworkCompiler.compile(GbnfParser.parse(GRAMMAR));
        var automaton = new Automaton(network);
        State one = read(automaton, automaton.start(), "[x,[x", 1000);
        State other = read(automaton, automaton.start(), "[axb,x,[[],axc", 1000);
        assertEquals(one, other);
        assertArrayEquals(one.items, other.items);
    }
}
