package dev.gatun.kernels.gpu;

import dev.gatun.ptx.verify.PtxModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The texts of the kernels; each file holds one entry of its own name. */
final class KernelTexts {

    private KernelTexts() {}

    /** The text of the kernel called {@code name}. */
    static String text(String name) {
        String resource = "/gatun-ptx/" + name + ".ptx";
        try (InputStream stream = PtxModule.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("the ptx module holds no kernel " + resource);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the kernel " + resource, e);
        }
    }
}
