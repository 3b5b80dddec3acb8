package dev.gatun.bench.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The suite's own kernels. */
final class Texts {

    private Texts() {}

    static String of(String kernel) {
        try (InputStream text = Texts.class.getResourceAsStream(kernel + ".ptx")) {
            if (text == null) {
                throw new IllegalStateException("no kernel " + kernel);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
