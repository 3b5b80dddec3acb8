/** JSON as strangers send it, read within limits into plain values, and written. Knows no endpoint and no socket. */
@NullMarked
package dev.gatun.server.json;

import org.jspecify.annotations.NullMarked;
