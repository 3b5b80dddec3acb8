/**
 * The definition: every operation in scalar Java with {@code double} sums. Slow on purpose; everything else is held
 * against it.
 *
 * <p>Must not know: the other backends.
 */
@NullMarked
package dev.gatun.kernels.reference;

import org.jspecify.annotations.NullMarked;
