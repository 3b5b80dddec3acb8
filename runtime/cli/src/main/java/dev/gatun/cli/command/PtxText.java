package dev.gatun.cli.command;

import dev.gatun.ptx.PtxException;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads PTX files, which may be anything at all. */
final class PtxText {
    private static final long LIMIT_BYTES = 64L << 20;

    private PtxText() {}

    /**
     * The text of a file.
     *
     * @throws InvalidInputException if there is none
     */
    static String read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new InvalidInputException("There is no file " + file + ".");
            }
            long size = Files.size(file);
            if (size > LIMIT_BYTES) {
                throw new InvalidInputException(
                        file + " has " + size + " bytes; PTX of more than " + LIMIT_BYTES + " is not read.");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + " is not PTX text: it is not UTF-8.", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** The verified module of a file. */
    static PtxModule module(Path file) {
        try {
            return PtxModule.parse(read(file));
        } catch (PtxException e) {
            String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new InvalidInputException(file + ":" + first + " (gatun ptx check shows all).", e);
        }
    }

    /**
     * The entry called {@code name}; the only one if that is null.
     *
     * @throws InvalidInputException naming the entries there are
     */
    static PtxEntry entry(Path file, PtxModule module, @Nullable String name) {
        List<String> names = module.entries().stream().map(PtxEntry::name).toList();
        if (name == null && names.size() == 1) {
            return module.entries().get(0);
        }
        if (name == null || !names.contains(name)) {
            throw new InvalidInputException((name == null ? "--entry is missing" : "There is no entry " + name) + "; "
                    + file + " has " + (names.isEmpty() ? "none" : String.join(", ", names)) + ".");
        }
        return module.entry(name);
    }
}
