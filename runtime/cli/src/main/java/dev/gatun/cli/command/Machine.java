package dev.gatun.cli.command;

import dev.gatun.cli.Json;
import dev.gatun.cli.pull.Catalogue;
import dev.gatun.cli.pull.CatalogueEntry;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.cublas.Cublas;
import dev.gatun.cuda.CudaDriver;
import dev.gatun.cuda.CudaException;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.cuda.GpuAttribute;
import dev.gatun.cuda.GpuMonitor;
import dev.gatun.cuda.GpuReading;
import dev.gatun.kernels.Activations;
import dev.gatun.kernels.cpu.CpuBackend;
import dev.gatun.kernels.device.CudaDevice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the doctor looks at, section by section; what could be better is added to {@code advice}. */
final class Machine {
    /** The CPU features that matter to matrix products. */
    private static final List<String> FEATURES = List.of(
            "avx",
            "avx2",
            "fma",
            "f16c",
            "avx_vnni",
            "avx512f",
            "avx512bw",
            "avx512_vnni",
            "avx512_bf16",
            "amx_int8",
            "asimd",
            "asimddp",
            "i8mm",
            "sve");

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private final List<String> advice;

    Machine(List<String> advice) {
        this.advice = advice;
    }

    Map<String, Object> jvm() {
        Runtime.Version version = Runtime.version();
        if (version.feature() == 25 && version.compareToIgnoreOptional(Runtime.Version.parse("25.0.3")) < 0) {
            advice.add("JDK " + version + ": versions before 25.0.3 have a G1 bug that harms other native libraries in"
                    + " this JVM; Gatun alone is not affected.");
        }
        return Json.object(
                "version", version.toString(),
                "name", System.getProperty("java.vm.name"),
                "vendor", System.getProperty("java.vendor"),
                "home", System.getProperty("java.home"),
                "heap_limit_bytes", Runtime.getRuntime().maxMemory());
    }

    Map<String, Object> system() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return Json.object(
                "name",
                system.getName() + " " + system.getVersion(),
                "architecture",
                system.getArch(),
                "memory_bytes",
                SystemMemory.totalBytes(),
                "available_bytes",
                SystemMemory.availableBytes());
    }

    Map<String, Object> cpu() {
        boolean hasVectors =
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        if (!hasVectors) {
            advice.add("The module jdk.incubator.vector is missing: the slow scalar tier runs. Start with ./gatun on a"
                    + " whole JDK.");
        }
        String tier;
        String description;
        try (CpuBackend backend = new CpuBackend(Runtime.getRuntime().availableProcessors(), Activations.AUTO)) {
            tier = backend.tier().name().toLowerCase(Locale.ROOT);
            description = backend.description();
        }
        return Json.object(
                "model",
                cpuInfo("model name").findFirst().orElse("unknown"),
                "processors",
                Runtime.getRuntime().availableProcessors(),
                "features",
                features(),
                "vector_module",
                hasVectors,
                "vector_bits",
                hasVectors ? VectorWidth.bits() : 0,
                "tier",
                tier,
                "backend",
                description);
    }

    Map<String, Object> cuda() {
        return switch (CudaDriver.find()) {
            case CudaDriver.Missing missing ->
                Json.object("driver", false, "reason", missing.reason(), "gpus", List.of());
            case CudaDriver.Found found ->
                Json.object(
                        "driver", true,
                        "library", found.library(),
                        "cuda_version", found.versionText(),
                        "gpus", gpus(),
                        "nvml", GpuMonitor.absence().orElse("found"),
                        "cublas", Cublas.absence().orElseGet(Cublas::version),
                        "jit_cache", JitCache.ofUser(System.getenv()).describe(advice));
        };
    }

    Map<String, Object> models(ModelStore store) {
        Map<String, Object> present = Json.object();
        for (CatalogueEntry entry : Catalogue.entries()) {
            present.put(
                    entry.name(), store.find(entry).map(Path::toString).orElse("absent; gatun pull " + entry.name()));
        }
        return Json.object("folder", store.folder().toString(), "catalogue", present);
    }

    private static List<String> features() {
        var all = new TreeSet<String>();
        Stream.concat(cpuInfo("flags"), cpuInfo("Features"))
                .limit(1)
                .forEach(line -> all.addAll(Arrays.asList(line.split("\\s+"))));
        return FEATURES.stream().filter(all::contains).toList();
    }

    /** Values of a key of Linux's CPU list; none elsewhere. */
    private static Stream<String> cpuInfo(String key) {
        try {
            return Files.readAllLines(CPU_INFO).stream()
                    .filter(line -> line.startsWith(key) && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip());
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    /** The GPUs as the driver sees them, each with what would keep it from being used. */
    private List<Object> gpus() {
        List<Object> gpus = new ArrayList<>();
        try {
            for (CudaGpu gpu : CudaGpu.all()) {
                if (gpu.computeCapability() < CudaDevice.OLDEST_COMPUTE_CAPABILITY) {
                    advice.add(gpu.name() + " has compute capability " + gpu.computeCapabilityText()
                            + "; Gatun's kernels need 8.0 or newer.");
                }
                Map<String, Object> seen = Json.object(
                        "gpu", gpu.ordinal(),
                        "name", gpu.name(),
                        "compute_capability", gpu.computeCapabilityText(),
                        "multiprocessors", gpu.attribute(GpuAttribute.MULTIPROCESSORS),
                        "memory_bytes", gpu.totalBytes(),
                        "bus_id", gpu.busId());
                seen.putAll(reading(gpu));
                gpus.add(seen);
            }
            if (gpus.isEmpty()) {
                advice.add("There is a CUDA driver but no GPU; CUDA_VISIBLE_DEVICES may hide it.");
            }
        } catch (CudaException e) {
            advice.add("The CUDA driver does not start: " + e.getMessage());
        }
        return gpus;
    }

    /** What NVML says of a GPU; nothing where there is none. What the GPU does not say is left out. */
    private Map<String, Object> reading(CudaGpu gpu) {
        Map<String, Object> found = Json.object();
        if (GpuMonitor.absence().isPresent()) {
            return found;
        }
        try (GpuMonitor monitor = GpuMonitor.open(gpu)) {
            GpuReading reading = monitor.read();
            found.put("driver_version", monitor.driverVersion());
            found.put("used_bytes", reading.usedBytes());
            found.put("free_bytes", reading.freeBytes());
            reading.multiprocessorMegahertz().ifPresent(value -> found.put("multiprocessor_mhz", value));
            reading.memoryMegahertz().ifPresent(value -> found.put("memory_mhz", value));
            reading.milliwatts().ifPresent(value -> found.put("watts", value / 1000.0));
            reading.celsius().ifPresent(value -> found.put("celsius", value));
            found.put("slowed_by", reading.slowdownReasons());
        } catch (CudaException e) {
            advice.add(gpu + " is not watched: " + e.getMessage());
        }
        return found;
    }

    /** Loaded only where the vector module is present. */
    private static final class VectorWidth {
        static int bits() {
            return jdk.incubator.vector.FloatVector.SPECIES_PREFERRED.vectorBitSize();
        }
    }
}
