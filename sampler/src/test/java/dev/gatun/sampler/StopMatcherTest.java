package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StopMatcherTest {

    /** Feeds parts, keeping each hand-over apart. */
    private static final class Stream implements StopMatcher.Sink {
        final StopMatcher matcher;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean stopped;

        Stream(List<String> stops) {
            matcher = new StopMatcher(stops);
        }

        Stream feed(String part) {
            byte[] source = ("??" + part + "?").getBytes(StandardCharsets.UTF_8);
            stopped = matcher.accept(source, 2, source.length - 3, this);
            return this;
        }

        Stream finish() {
            matcher.finish(this);
            return this;
        }

        @Override
        public void append(byte[] source, int offset, int length) {
            assertTrue(length > 0);
            bytes.write(source, offset, length);
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void passesEverythingOnWithoutStops() {
        var stream = new Stream(List.of()).feed("ab").feed("").feed("c");
        assertEquals("abc", stream.text());
        assertFalse(stream.finish().stopped);
        assertEquals(Optional.empty(), stream.matcher.found());
    }

    @Test
    void cutsBeforeTheStopAcrossParts() {
        var stream = new Stream(List.of("END")).feed("one E").feed("N");
        assertEquals("one ", stream.text());
        assertTrue(stream.feed("D two").stopped);
        assertEquals("one ", stream.finish().text());
        assertEquals(Optional.of("END"), stream.matcher.found());
    }

    @Test
    void releasesWhatTurnsOutNotToBeAStop() {
        var stream = new Stream(List.of("END")).feed("EN").feed("EEN");
        assertEquals("ENE", stream.text());
        assertEquals("ENEEN", stream.finish().text());
    }

    @Test
    void holdsBackTheLongestBeginningOfSeveral() {
        var stream = new Stream(List.of("abcd", "bcx")).feed("zabc");
        assertEquals("z", stream.text());
        assertTrue(stream.feed("x").stopped);
        assertEquals("za", stream.text());
    }

    @Test
    void theFirstToBeCompleteWinsAndOfThoseTheLongest() {
        assertEquals("a", new Stream(List.of("abc", "b")).feed("abc").text());
        var stream = new Stream(List.of("c", "bc", "abc")).feed("zabc");
        assertEquals("z", stream.text());
        assertEquals(Optional.of("abc"), stream.matcher.found());
    }

    @Test
    void dropsAllAfterAMatch() {
        var stream = new Stream(List.of("x")).feed("axb");
        assertTrue(stream.feed("c").stopped);
        assertEquals("a", stream.finish().text());
    }

    @Test
    void passesTextThatDoesNotCount() {
        var stream = new Stream(List.of("ab")).feed("a");
        byte[] uncounted = "bab".getBytes(StandardCharsets.UTF_8);
        stream.matcher.pass(uncounted, 0, 3, stream);
        assertEquals("abab", stream.text());
        assertFalse(stream.feed("b").stopped);
        assertTrue(stream.feed("ab").stopped);
        assertEquals("ababb", stream.text());
    }

    @Test
    void refusesTextsThatCannotBeFound() {
        assertThrows(InvalidSamplingException.class, () -> new StopMatcher(List.of("a", "")));
        assertThrows(InvalidSamplingException.class, () -> new StopMatcher(List.of("\ud83d")));
    }

    @Property
    void agreesWithSearchingTheWholeText(
            @ForAll("letters") String text, @ForAll("stops") List<String> stops, @ForAll @Size(20) List<Byte> cuts) {
        String expected = cutAtFirstComplete(text, stops);
        var stream = new Stream(stops);
        int from = 0;
        for (int cut : partition(text, cuts)) {
            stream.feed(text.substring(from, cut));
            from = cut;
            if (stream.stopped) {
                break;
            }
            String soFar = stream.text();
            assertTrue(expected.startsWith(soFar), () -> "released too much: " + soFar);
            assertFalse(soFar.contains("\ufffd"), "released half a character");
        }
        assertEquals(expected, stream.finish().text());
        assertEquals(!expected.equals(text) || stops.contains(""), stream.stopped);
    }

    /** Ends of parts, at borders of characters. */
    private static List<Integer> partition(String text, List<Byte> cuts) {
        var ends = new ArrayList<Integer>();
        for (int i = 1, c = 0; i < text.length(); i++) {
            if (!Character.isLowSurrogate(text.charAt(i)) && cuts.get(c++ % cuts.size()) > 0) {
                ends.add(i);
            }
        }
        ends.add(text.length());
        return ends;
    }

    private static String cutAtFirstComplete(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String best = "";
            for (String stop : stops) {
                if (stop.length() > best.length() && text.substring(0, end).endsWith(stop)) {
                    best = stop;
                }
            }
            if (!best.isEmpty()) {
                return text.substring(0, end - best.length());
            }
        }
        return text;
    }

    @Provide
    Arbitrary<String> letters() {
        return Arbitraries.of("a", "b", "\u00e4", "\u20ac", "\ud83d\ude00")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<List<String>> stops() {
        return Arbitraries.of("a", "b", "\u00e4", "\u20ac", "\ud83d\ude00")
                .list()
                .ofMinSize(2)
                .ofMaxSize(6)
                .map(parts -> String.join("", parts))
                .list()
                .ofMaxSize(4);
    }
}
