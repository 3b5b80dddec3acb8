/**
 * A server that speaks OpenAI's HTTP interface for one engine: what its parts share, and {@link GatunServer}, the entrance.
 *
 * <p>{@code http} knows sockets and nothing of models, {@code openai} knows requests and answers and nothing of sockets; they
 * meet in {@link Exchange}. {@code json} reads what strangers send, within {@link Limits}; {@code metrics} counts.
 */
@NullMarked
package dev.gatun.server;

import org.jspecify.annotations.NullMarked;
