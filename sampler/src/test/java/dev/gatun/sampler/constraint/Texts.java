package dev.gatun.sampler.constraint;

import dev.gatun.sampler.Constraint;
import dev.gatun.sampler.TokenFilter;
import dev.gatun.sampler.TokenTrie;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** Texts against constraints, byte by byte. */
final class Texts {
    /** A token a byte. */
    static final TokenTrie BYTES = TokenTrie.of(256, value -> new byte[] {(byte) value});

    private Texts() {}

    static TokenTrie trie(List<String> tokens) {
        return TokenTrie.of(tokens.size(), token -> tokens.get(token).getBytes(StandardCharsets.UTF_8));
    }

    static boolean isAllowed(TokenFilter filter, int token) {
        return (filter.allowed()[token >> 6] >>> token & 1) == 1;
    }

    /** The place after a text, or null if it begins no output. */
    static @Nullable TokenFilter after(Constraint constraint, byte[] text) {
        TokenFilter filter = constraint.begin(BYTES);
        for (byte value : text) {
            if (!isAllowed(filter, value & 0xFF)) {
                return null;
            }
            filter.accept(value & 0xFF);
        }
        return filter;
    }

    /** Why a constraint is refused: one sentence. */
    static String refusal(Supplier<?> constraint) {
        var e = Assertions.assertThrows(InvalidConstraintException.class, constraint::get);
        String message = Objects.requireNonNull(e.getMessage());
        Assertions.assertTrue(message.endsWith("."), message);
        return message;
    }

    static boolean begins(Constraint constraint, String text) {
        return after(constraint, text.getBytes(StandardCharsets.UTF_8)) != null;
    }

    static boolean matches(Constraint constraint, String text) {
        TokenFilter filter = after(constraint, text.getBytes(StandardCharsets.UTF_8));
        return filter != null && filter.mayEnd();
    }
}
