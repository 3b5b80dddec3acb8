package dev.gatun.runtime.engine;

import java.util.function.Consumer;

/**
 * Who wants each choice of a generation explained.
 *
 * @param candidates how many of the best tokens to report after each stage
 * @param watcher called on the engine's thread
 */
record ChoiceWatch(int candidates, Consumer<Choice> watcher) {}
