/**
 * The nouns the runtime's packages share.
 *
 * <p>Must not know: its children.
 */
@NullMarked
package dev.gatun.runtime;

import org.jspecify.annotations.NullMarked;
