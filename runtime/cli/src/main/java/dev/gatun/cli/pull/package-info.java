/**
 * Models by name: the catalogue, the folder they are kept in, and the places they are fetched from.
 *
 * <p>A file takes its place only when it is whole: it grows as {@code NAME.part}, its checksum is compared, then it is renamed.
 *
 * <p>Must not know: what is in a model file, commands.
 */
@NullMarked
package dev.gatun.cli.pull;

import org.jspecify.annotations.NullMarked;
