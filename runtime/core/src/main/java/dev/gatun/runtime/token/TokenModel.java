package dev.gatun.runtime.token;

/** The algorithm of a vocabulary. */
@FunctionalInterface
interface TokenModel {
    TextEncoder encoder();
}
