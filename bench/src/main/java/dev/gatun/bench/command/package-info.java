/**
 * The commands {@code gatun bench ...}, found by the command line where this module is on its class path. Options become calls of
 * the packages beside this one; nothing is measured here.
 */
@NullMarked
package dev.gatun.bench.command;

import org.jspecify.annotations.NullMarked;
