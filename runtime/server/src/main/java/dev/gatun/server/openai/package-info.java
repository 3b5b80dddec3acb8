/**
 * OpenAI's interface: requests are read into the engine's terms, every field is honoured or refused by name, and answers are
 * written in its forms. Knows no socket.
 */
@NullMarked
package dev.gatun.server.openai;

import org.jspecify.annotations.NullMarked;
