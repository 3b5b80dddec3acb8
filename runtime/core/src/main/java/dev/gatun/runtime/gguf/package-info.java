/**
 * GGUF model files: mapped, every number checked once, then carried as typed values.
 *
 * <p>Must not know: what the keys mean to a model or a tokenizer.
 */
@NullMarked
package dev.gatun.runtime.gguf;

import org.jspecify.annotations.NullMarked;
