/**
 * Chat templates: an interpreter for the Jinja dialect that Hugging Face checkpoints carry, over plain data.
 *
 * <p>A template is a stranger's program. It sees text, numbers, lists and mappings; it can name no class, file or other
 * template, and it runs on a {@link dev.gatun.runtime.template.Budget}. Text keeps, through every operation, whether
 * the template wrote it or a message brought it ({@link dev.gatun.runtime.template.Text}), so control tokens spelled
 * out in a message never act.
 *
 * <p>The oracle is Python's {@code jinja2} with the settings of {@code transformers}. Must not know: tokens, models,
 * requests.
 */
@NullMarked
package dev.gatun.runtime.template;

import org.jspecify.annotations.NullMarked;
