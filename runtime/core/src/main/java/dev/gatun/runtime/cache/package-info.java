/**
 * Who owns which page of the key-value cache: capacity, free list, reference counts, and reuse of pages whose tokens
 * were computed before, and the sharing of pages between continuations of one sequence. The layout inside a page belongs to {@link dev.gatun.kernels.KvLayer}.
 *
 * <p>Must not know: models, text, requests. Invariant, always: free + held = total.
 */
@NullMarked
package dev.gatun.runtime.cache;

import org.jspecify.annotations.NullMarked;
