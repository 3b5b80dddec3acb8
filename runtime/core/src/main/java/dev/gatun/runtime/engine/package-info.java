/**
 * The embeddable API: open a model, submit requests, read their text.
 *
 * <pre>{@code
 * try (Engine engine = Engine.open(Path.of("model.gguf"))) {
 *     for (String piece : engine.submit(Request.chat("Why is the sky blue?"))) {
 *         System.out.print(piece);
 *     }
 * }
 * }</pre>
 *
 * <p>Only this package sees both model and sampler. One scheduler thread owns the backend; callers talk to it through
 * {@link dev.gatun.runtime.engine.Engine#submit} and {@link dev.gatun.runtime.engine.Generation}.
 *
 * <p>Must not know: terminals, JSON, HTTP.
 */
@NullMarked
package dev.gatun.runtime.engine;

import org.jspecify.annotations.NullMarked;
