package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenTrieTest {

    @Test
    void eachTokenIsAtTheNodeOfItsBytes() {
        Random random = new Random(1);
        byte[][] texts = new byte[500][];
        for (int token = 0; token < texts.length; token++) {
            texts[token] = new byte[random.nextInt(5)];
            for (int i = 0; i < texts[token].length; i++) {
                texts[token][i] = (byte) (random.nextInt(4) * 85);
            }
        }
        TokenTrie trie = TokenTrie.of(texts.length, token -> texts[token]);
        Map<Integer, String> found = new HashMap<>();
        String[] path = new String[trie.deepest() + 1];
        path[0] = "";
        for (int node = 0; node < trie.nodes(); node++) {
            path[trie.depth(node)] = path[trie.depth(node) - 1] + (char) trie.label(node);
            for (int i = trie.first(node); i < trie.first(node + 1); i++) {
                found.put(trie.token(i), path[trie.depth(node)]);
            }
            for (int below = node + 1; below < trie.end(node); below++) {
                assertEquals(true, trie.depth(below) > trie.depth(node));
            }
        }
        for (int token = 0; token < texts.length; token++) {
            String text = new String(texts[token], java.nio.charset.StandardCharsets.ISO_8859_1);
            assertEquals(text.isEmpty() ? null : text, found.get(token));
            assertEquals(text.length(), trie.length(token));
            int node = -1;
            for (int i = 0; i < text.length(); i++) {
                assertEquals(text.charAt(i), trie.byteAt(token, i));
                node = trie.child(node, text.charAt(i));
            }
            if (node >= 0) {
                assertEquals(path.length > 0, trie.first(node) < trie.first(node + 1));
            }
        }
        assertEquals(-1, trie.child(-1, 1));
    }

    @Test
    void emptyVocabulariesHaveNoNodes() {
        TokenTrie trie = TokenTrie.of(3, token -> new byte[0]);
        assertEquals(List.of(0, 3, 0), List.of(trie.nodes(), trie.size(), trie.deepest()));
    }
}
