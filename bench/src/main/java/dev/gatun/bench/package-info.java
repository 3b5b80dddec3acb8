/**
 * The judge: measurements of the machine, of kernels and of whole models.
 */
@NullMarked
package dev.gatun.bench;

import org.jspecify.annotations.NullMarked;
