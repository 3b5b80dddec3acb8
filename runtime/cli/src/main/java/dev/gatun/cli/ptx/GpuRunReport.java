package dev.gatun.cli.ptx;

import dev.gatun.cli.Json;
import dev.gatun.cuda.CudaDriver;
import dev.gatun.cuda.CudaGpu;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one launch on a GPU took. A GPU counts neither instructions nor sectors for us and has no checkers.
 *
 * @param microseconds from event to event around the one launch, caches as they were
 * @param registers of a thread
 * @param localBytes of a thread that did not fit into registers
 * @param sharedBytes that the text declares
 * @param blocks that a multiprocessor holds at once
 */
public record GpuRunReport(
        String entry, CudaGpu gpu, double microseconds, int registers, int localBytes, int sharedBytes, int blocks) {

    /** The report for people. */
    public String text(List<KernelBuffers.Contents> buffers) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "device: %s, compute capability %s, CUDA driver %s%n",
                gpu.name(),
                gpu.computeCapabilityText(),
                driver()));
        text.append(String.format(
                Locale.ROOT, "time: %.2f us by events around this one launch, caches cold%n", microseconds));
        text.append(String.format(
                Locale.ROOT,
                "compiled by the driver: %d registers, %d bytes spilled or local, %d bytes shared; %d blocks a"
                        + " multiprocessor%n",
                registers,
                localBytes,
                sharedBytes,
                blocks));
        buffers.forEach(buffer -> text.append(buffer.text()).append('\n'));
        return text.toString();
    }

    /** The report as the fields of a JSON object. */
    public Map<String, Object> json(List<KernelBuffers.Contents> buffers) {
        return Json.object(
                "entry", entry,
                "device", gpu.name(),
                "compute_capability", gpu.computeCapabilityText(),
                "driver", driver(),
                "microseconds", microseconds,
                "registers", registers,
                "local_bytes", localBytes,
                "static_shared_bytes", sharedBytes,
                "blocks_per_multiprocessor", blocks,
                "hazards", List.of(),
                "buffers", buffers.stream().map(KernelBuffers.Contents::json).toList());
    }

    private static String driver() {
        return CudaDriver.find() instanceof CudaDriver.Found found ? found.versionText() : "unknown";
    }
}
