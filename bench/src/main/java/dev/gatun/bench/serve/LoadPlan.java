package dev.gatun.bench.serve;

import dev.gatun.runtime.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * What a load asks of a server. The same seed gives the same requests.
 *
 * @param server its address, such as {@code http://127.0.0.1:8080}
 * @param key what it is shown, if it wants one
 * @param concurrency clients that ask one request after the other; without meaning where {@code rate} is given
 * @param rate requests a second on average, which come when they come (Poisson), however many are still being answered
 * @param requests how many in all
 * @param promptWords words of a prompt
 * @param answerTokens tokens of an answer, which does not end before
 * @param cancelShare share of requests whose client goes after a part of the answer, 0 to 1
 * @param seed of all that is random
 */
public record LoadPlan(
        String server,
        Optional<String> key,
        int concurrency,
        OptionalDouble rate,
        int requests,
        Lengths promptWords,
        Lengths answerTokens,
        double cancelShare,
        long seed) {
    private static final String[] WORDS =
            ("the lock lifts a ship from one level of water to next while keeper counts gates "
                            + "and chamber fills slowly under grey sky over canal where rain falls on old stone near lake at noon "
                            + "with many small boats waiting for their turn in long line behind red signal before evening")
                    .split(" ", -1);

    /** @throws InvalidInputException if a value is out of range */
    public LoadPlan {
        if (concurrency < 1 || requests < 1) {
            throw new InvalidInputException(
                    "--concurrency is " + concurrency + " and --requests " + requests + "; both are at least 1.");
        }
        if (!server.startsWith("http://") && !server.startsWith("https://")) {
            throw new InvalidInputException(
                    "The server's address is \"" + server + "\"; give one such as http://127.0.0.1:8080.");
        }
        if (!(cancelShare >= 0 && cancelShare <= 1)) {
            throw new InvalidInputException("--cancel is " + cancelShare + "; give 0 to 1.");
        }
        if (rate.isPresent() && !(rate.getAsDouble() > 0)) {
            throw new InvalidInputException("--rate is " + rate.getAsDouble() + "; give more than 0.");
        }
    }

    /**
     * One request.
     *
     * @param dueNanos when it is sent, from the begin of the load; 0 where clients ask one after the other
     * @param prompt its text
     * @param answerTokens tokens of the answer
     * @param cancelAfter pieces after which its client goes; 0 for never
     */
    public record Item(long dueNanos, String prompt, int answerTokens, int cancelAfter) {}

    /** All requests, in their order. */
    public List<Item> items() {
        Random random = new Random(seed);
        List<Item> items = new ArrayList<>(requests);
        double due = 0;
        for (int i = 0; i < requests; i++) {
            if (rate.isPresent()) {
                due += -Math.log1p(-random.nextDouble()) / rate.getAsDouble() * 1e9;
            }
            StringBuilder prompt = new StringBuilder("Story " + random.nextInt(1_000_000) + ":");
            int words = promptWords.draw(random);
            for (int word = 0; word < words; word++) {
                prompt.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
            }
            int tokens = answerTokens.draw(random);
            boolean cancelled = random.nextDouble() < cancelShare;
            int cancelAfter = 1 + random.nextInt(Math.max(1, tokens - 1));
            items.add(new Item((long) due, prompt.toString(), tokens, cancelled ? cancelAfter : 0));
        }
        return items;
    }
}
