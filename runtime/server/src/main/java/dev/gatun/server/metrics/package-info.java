/** Counting what the server does, and writing it as Prometheus reads it. Knows no socket and no request. */
@NullMarked
package dev.gatun.server.metrics;

import org.jspecify.annotations.NullMarked;
