package dev.gatun.runtime.cache;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * The storage of a key-value cache and the pool that says who owns which page of it.
 *
 * @param layers one entry a layer; page {@code i} of every layer belongs to the same sequence
 * @param pool who owns which page
 */
public record KvCache(List<KvLayer> layers, KvPool pool) {

    /** Storage for {@code pages} pages in {@code layers} layers, owned by {@code arena}. */
    public static KvCache allocate(
            Arena arena, Backend backend, DType type, int layers, int pages, int kvHeads, int headDim) {
        List<KvLayer> storage = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            storage.add(backend.kvLayer(arena, type, pages, kvHeads, headDim));
        }
        return new KvCache(List.copyOf(storage), new KvPool(pages));
    }

    /** Copies the keys and values of page {@code source} over those of page {@code target}, in all layers. */
    public void copyPage(Backend backend, int source, int target) {
        for (int i = 0; i < layers.size(); i++) {
            backend.copyPage(layers.get(i), source, target);
        }
    }

    /** Bytes one page takes over all layers, keys and values. */
    public long pageByteSize() {
        KvLayer layer = layers.getFirst();
        return 2L * layers.size() * KvLayer.byteSize(layer.type(), 1, layer.kvHeads(), layer.headDim());
    }
}
