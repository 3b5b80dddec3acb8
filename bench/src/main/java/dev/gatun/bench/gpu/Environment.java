package dev.gatun.bench.gpu;

import dev.gatun.cli.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/**
 * Where results are from.
 *
 * @param device {@code cuda} or {@code ptxvm}: what ran the kernels
 * @param chip the GPU's name, or the PTX machine and the processor it ran on
 * @param driver the version of NVIDIA's driver, or none
 * @param cuda the CUDA version that the driver supports, or none
 * @param jdk the runtime's version
 * @param system name, version and architecture
 * @param commit that the suite was built from; {@code unknown} where the build did not know
 */
public record Environment(
        String device, String chip, String driver, String cuda, String jdk, String system, String commit) {

    /** This machine with a stand's device. */
    static Environment of(String device, String chip, String driver, String cuda) {
        return new Environment(
                device,
                chip,
                driver,
                cuda,
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                builtCommit());
    }

    /** The commit that the build wrote down. */
    static String builtCommit() {
        Properties properties = new Properties();
        try (InputStream source = Environment.class.getResourceAsStream("/dev/gatun/bench/build.properties")) {
            if (source != null) {
                properties.load(source);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String commit = properties.getProperty("commit", "").strip();
        return commit.isEmpty() || commit.contains("$") ? "unknown" : commit;
    }

    /** What a column calls the device: never the name of one that did not run the kernels. */
    String column() {
        return device.equals("cuda") ? chip : "PTX machine";
    }

    Map<String, Object> json() {
        return Json.object(
                "device", device,
                "chip", chip,
                "driver", driver,
                "cuda", cuda,
                "jdk", jdk,
                "system", system,
                "commit", commit);
    }
}
