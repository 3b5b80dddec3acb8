package dev.gatun.kernels.gpu;

import dev.gatun.kernels.device.Device;
import java.util.List;
import java.util.Set;

/**
 * What every kernel is asked to compute, with the answers: the cases of the tests, for whoever holds another device. Found
 * with {@link java.util.ServiceLoader} where the tests' archive is on the class path.
 */
public interface KernelCases {

    /** The kernels that have cases, in alphabetical order. */
    Set<String> kernels();

    /**
     * The cases of one kernel, computed anew by the definition.
     *
     * @throws IllegalArgumentException if there are none
     */
    List<Case> of(String kernel);

    /** One operation at one shape, through the kernel's launcher. */
    interface Case {
        /** The operation, its types and its shape. */
        String what();

        /**
         * Asks {@code device}, which is closed then. The largest amount by which an element of the answer misses its bound; 0
         * if none does.
         */
        double excess(Device device);
    }
}
