package dev.gatun.cuda;

import dev.gatun.ffi.nvml.Nvml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a GPU does at one moment; a number is absent where the GPU does not say.
 *
 * @param multiprocessorMegahertz clock of the multiprocessors
 * @param memoryMegahertz clock of the memory
 * @param milliwatts power drawn
 * @param celsius temperature of the chip
 * @param usedBytes memory that processes hold
 * @param freeBytes memory that nobody holds
 * @param totalBytes all memory
 * @param slowdowns why the clocks are below what was asked for: NVML's bits, 0 for no reason
 */
public record GpuReading(
        OptionalInt multiprocessorMegahertz,
        OptionalInt memoryMegahertz,
        OptionalInt milliwatts,
        OptionalInt celsius,
        long usedBytes,
        long freeBytes,
        long totalBytes,
        long slowdowns) {

    private static final Map<Long, String> SLOWDOWNS = slowdownNames();

    private static Map<Long, String> slowdownNames() {
        Map<Long, String> names = new LinkedHashMap<>();
        names.put(Nvml.nvmlClocksThrottleReasonGpuIdle(), "idle");
        names.put(Nvml.nvmlClocksThrottleReasonApplicationsClocksSetting(), "clocks set by an application");
        names.put(Nvml.nvmlClocksThrottleReasonSwPowerCap(), "power cap");
        names.put(Nvml.nvmlClocksThrottleReasonHwSlowdown(), "hardware slowdown");
        names.put(Nvml.nvmlClocksThrottleReasonSyncBoost(), "sync boost");
        names.put(Nvml.nvmlClocksThrottleReasonSwThermalSlowdown(), "temperature");
        names.put(Nvml.nvmlClocksThrottleReasonHwThermalSlowdown(), "temperature (hardware)");
        names.put(Nvml.nvmlClocksThrottleReasonHwPowerBrakeSlowdown(), "power brake");
        names.put(Nvml.nvmlClocksThrottleReasonDisplayClockSetting(), "display clock");
        return names;
    }

    /** Why the clocks are below what was asked for, in words; a bit that has no name here as {@code bit 0x400}. */
    public List<String> slowdownReasons() {
        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < Long.SIZE; i++) {
            long bit = 1L << i;
            if ((slowdowns & bit) != 0) {
                reasons.add(SLOWDOWNS.getOrDefault(bit, "bit 0x" + Long.toHexString(bit)));
            }
        }
        return reasons;
    }
}
