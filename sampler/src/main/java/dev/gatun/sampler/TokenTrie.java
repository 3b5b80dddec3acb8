package dev.gatun.sampler;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The texts of a vocabulary's tokens as a tree of bytes, laid out depth first, so that one loop over arrays walks it and a
 * refused byte skips everything below. Immutable.
 *
 * <p>Nodes are numbered in that order; the parent of the first ones is no node. A token without text is in no node.
 */
public final class TokenTrie {
    private static final int NONE = -1;

    private final byte[] store; // the tokens' bytes, one after another
    private final int[] offsets; // token t spells store[offsets[t]..offsets[t + 1])
    private final int[] tokens; // those with text, by their bytes
    private byte[] labels; // [node]
    private int[] ends; // [node]: the first node that is not below it
    private int[] depths; // [node]: 1 for the first byte of a token
    private int[] firsts; // [node + 1]: where its tokens begin in tokens
    private int nodes;
    private int deepest;

    private TokenTrie(byte[] store, int[] offsets) {
        this.store = store;
        this.offsets = offsets;
        this.tokens = IntStream.range(0, size())
                .filter(token -> length(token) > 0)
                .boxed()
                .sorted(this::compare)
                .mapToInt(Integer::intValue)
                .toArray();
        this.labels = new byte[1024];
        this.ends = new int[1024];
        this.depths = new int[1024];
        this.firsts = new int[1025];
        build();
        labels = Arrays.copyOf(labels, nodes);
        ends = Arrays.copyOf(ends, nodes);
        depths = Arrays.copyOf(depths, nodes);
        firsts = Arrays.copyOf(firsts, nodes + 1);
    }

    /**
     * The tree of a vocabulary.
     *
     * @param size tokens are 0 up to, but not including, this
     * @param texts the bytes that a token spells; none for a token that is no text, such as a control token
     */
    public static TokenTrie of(int size, IntFunction<byte[]> texts) {
        int[] offsets = new int[size + 1];
        byte[] store = new byte[Math.max(16, size)];
        for (int token = 0; token < size; token++) {
            byte[] text = texts.apply(token);
            int end = Math.addExact(offsets[token], text.length);
            if (end > store.length) {
                store = Arrays.copyOf(store, Math.max(end, store.length + (store.length >> 1)));
            }
            System.arraycopy(text, 0, store, offsets[token], text.length);
            offsets[token + 1] = end;
        }
        return new TokenTrie(Arrays.copyOf(store, offsets[size]), offsets);
    }

    private int compare(int a, int b) {
        int order = Arrays.compareUnsigned(store, offsets[a], offsets[a + 1], store, offsets[b], offsets[b + 1]);
        return order != 0 ? order : Integer.compare(a, b);
    }

    private void build() {
        int[] path = new int[16]; // the nodes of the bytes of the token before
        int depth = 0;
        for (int i = 0; i < tokens.length; i++) {
            int token = tokens[i];
            int length = length(token);
            int shared = i == 0 ? 0 : shared(tokens[i - 1], token);
            for (; depth > shared; depth--) {
                ends[path[depth - 1]] = nodes;
            }
            if (length > path.length) {
                path = Arrays.copyOf(path, 2 * length);
            }
            for (; depth < length; depth++) {
                path[depth] = add(store[offsets[token] + depth], depth + 1, i);
            }
            deepest = Math.max(deepest, length);
        }
        for (; depth > 0; depth--) {
            ends[path[depth - 1]] = nodes;
        }
        firsts[nodes] = tokens.length;
    }

    private int add(byte label, int depth, int first) {
        if (nodes == labels.length) {
            labels = Arrays.copyOf(labels, 2 * nodes);
            ends = Arrays.copyOf(ends, 2 * nodes);
            depths = Arrays.copyOf(depths, 2 * nodes);
            firsts = Arrays.copyOf(firsts, 2 * nodes + 1);
        }
        labels[nodes] = label;
        depths[nodes] = depth;
        firsts[nodes] = first;
        return nodes++;
    }

    private int shared(int a, int b) {
        int mismatch = Arrays.mismatch(store, offsets[a], offsets[a + 1], store, offsets[b], offsets[b + 1]);
        return mismatch < 0 ? length(a) : mismatch;
    }

    /** Tokens are 0 up to, but not including, this. */
    public int size() {
        return offsets.length - 1;
    }

    /** How many bytes a token spells. */
    public int length(int token) {
        Objects.checkIndex(token, size());
        return offsets[token + 1] - offsets[token];
    }

    /** A byte that a token spells, from 0 to 255. */
    public int byteAt(int token, int index) {
        return store[offsets[token] + Objects.checkIndex(index, length(token))] & 0xFF;
    }

    /** Nodes are 0 up to, but not including, this. */
    public int nodes() {
        return nodes;
    }

    /** The most bytes a token has. */
    public int deepest() {
        return deepest;
    }

    /** The byte that leads to a node, from 0 to 255. */
    public int label(int node) {
        return labels[node] & 0xFF;
    }

    /** The bytes from the root to a node, itself included. */
    public int depth(int node) {
        return depths[node];
    }

    /** The first node, after this one, that is not below it. */
    public int end(int node) {
        return ends[node];
    }

    /**
     * Where the tokens that a node spells begin: they are {@code token(i)} for i from here up to, but not including, {@code
     * first(node + 1)}; a node on the way to longer tokens may have none.
     */
    public int first(int node) {
        return firsts[node];
    }

    /** A token by its place in the order of bytes. */
    public int token(int index) {
        return tokens[index];
    }

    /** The node below {@code node} that a byte leads to, or -1; below all of them if {@code node} is -1. */
    public int child(int node, int label) {
        int end = node == NONE ? nodes : ends[node];
        for (int child = node + 1; child < end; child = ends[child]) {
            if (label(child) == label) {
                return child;
            }
        }
        return NONE;
    }
}
