package dev.gatun.kernels.device;

import java.util.OptionalLong;

/**
 * A device's memory in bytes.
 *
 * @param usedBytes allocated and not freed
 * @param totalBytes what the device has; absent where it takes the host's
 */
public record DeviceMemory(long usedBytes, OptionalLong totalBytes) {}
