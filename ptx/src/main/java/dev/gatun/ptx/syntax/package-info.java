/**
 * PTX text as records: lexer, parser and syntax tree of PTX ISA 7.0 to 9.0.
 *
 * <p>Knows how PTX is written, not what it means: names are unresolved, types unchecked, and any opcode is accepted.
 * Must not know: the verifier, the machine.
 */
@NullMarked
package dev.gatun.ptx.syntax;

import org.jspecify.annotations.NullMarked;
