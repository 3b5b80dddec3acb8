package dev.gatun.kernels.device;

/** Launches that were noted by {@link Device#record}, for {@link Device#replay} on the same device. */
public interface Recording {
    /** How many launches one replay makes. */
    int launches();
}
