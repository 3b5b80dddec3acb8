/**
 * Sockets: requests are read within limits, guarded, handed to their endpoint on a thread of their own, and answered. A client
 * that goes is noticed at once, whatever is being computed for it. Knows nothing of models.
 */
@NullMarked
package dev.gatun.server.http;

import org.jspecify.annotations.NullMarked;
