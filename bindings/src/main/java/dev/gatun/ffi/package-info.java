/**
 * How the generated bindings find the libraries they bind. Nothing here or below is exported; {@code dev.gatun.cuda} is
 * what others see.
 */
@NullMarked
package dev.gatun.ffi;

import org.jspecify.annotations.NullMarked;
