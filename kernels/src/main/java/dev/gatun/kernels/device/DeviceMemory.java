package dev.gatun.kernels.device;

import java.util.OptionalLong;

/**
 * A device's memory in bytes.
 *
 * @param usedBytes allocated through the device and not freed
 * @param freeBytes what nobody has taken, other processes included; absent where the device takes the host's
 * @param totalBytes what the device has; absent where it takes the host's
 */
public record DeviceMemory(long usedBytes, OptionalLong freeBytes, OptionalLong totalBytes) {}
