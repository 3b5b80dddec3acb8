package dev.gatun.ptx.verify;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.gatun.ptx.PtxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Kernels with a few words or characters changed at random: read, or refused with a place, never anything else. */
class HostileTextTest {
    private static final Pattern PLACE = Pattern.compile("\\d+:\\d+: .*", Pattern.DOTALL);
    private static final Pattern WORDS = Pattern.compile("(?<=\\W)|(?=\\W)");
    private static final String CHARACTERS = "{}[]()<>,;:!|&+-*/%=~^?@#.\"'_$0x9f\n\\\0\u00e9";

    private static List<String> kernels() throws IOException {
        List<String> texts = new ArrayList<>();
        for (String folder : List.of("src/main/ptx", "src/test/resources/corpus/sm_90")) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".ptx"))
                        .sorted()
                        .toList()) {
                    texts.add(Files.readString(file).replaceAll("(?m)^//.*\n", ""));
                }
            }
        }
        return texts;
    }

    private static String mutated(String text, Random random) {
        StringBuilder mutant = new StringBuilder(text);
        for (int n = random.nextInt(3); n >= 0; n--) {
            int at = random.nextInt(mutant.length());
            int end = Math.min(mutant.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> mutant.delete(at, end);
                case 1 -> mutant.setCharAt(at, CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
                case 2 -> mutant.insert(at, mutant.substring(at, end).repeat(1 + random.nextInt(400)));
                case 3 -> mutant.setLength(Math.max(1, at));
                default -> {
                    String[] words = WORDS.split(mutant);
                    words[random.nextInt(words.length)] = words[random.nextInt(words.length)];
                    mutant = new StringBuilder(String.join("", words));
                }
            }
        }
        return mutant.toString();
    }

    /** Returns how many of the mutants were refused. */
    private static int read(List<String> kernels, long seed) {
        Random random = new Random(seed);
        int refused = 0;
        for (String kernel : kernels) {
            String mutant = mutated(kernel, random);
            try {
                PtxModule.parse(mutant);
            } catch (PtxException refusal) {
                refused++;
                String message = String.valueOf(refusal.getMessage());
                assertTrue(PLACE.matcher(message).matches(), () -> "no place in: " + message);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError other) {
                fail("seed " + seed + ":\n" + mutant, other);
            }
        }
        return refused;
    }

    @Test
    void isReadOrRefusedWithAPlace() throws IOException {
        List<String> kernels = kernels();
        int refused = 0;
        for (int seed = 0; seed < 3; seed++) {
            refused += read(kernels, seed);
        }
        assertTrue(refused > kernels.size(), "too few of the mutants are broken: " + refused);
    }

    @Tag("slow")
    @Test
    void isReadOrRefusedWithAPlaceForTenSeconds() throws IOException {
        List<String> kernels = kernels();
        long end = System.nanoTime() + 10_000_000_000L;
        for (long seed = 1000; System.nanoTime() < end; seed++) {
            read(kernels, seed);
        }
    }
}
