package dev.gatun.runtime.gguf;

import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A GGUF model file, version 2 or 3: checked metadata and zero-copy views of its tensors.
 *
 * <p>The file must not be rewritten in place while it is mapped.
 */
public final class GgufFile {
    private final int version;
    private final long byteSize;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensor> tensors;

    GgufFile(int version, long byteSize, GgufMetadata metadata, Map<String, GgufTensor> tensors) {
        this.version = version;
        this.byteSize = byteSize;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /**
     * Maps a file and checks it.
     *
     * @param arena owns the mapping: tensors can be read as long as it is open
     * @throws GgufFormatException if it is not a GGUF file that can be used
     * @throws InvalidInputException if it can not be read
     */
    public static GgufFile open(Path path, Arena arena) {
        requireRegularFile(path); // a pipe would block
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return parse(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static void requireRegularFile(Path path) {
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
                String kind = Files.isDirectory(path) ? "a directory" : "not a regular file";
                throw new InvalidInputException(path + " is " + kind + "; expected a GGUF model file.");
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static InvalidInputException unreadable(Path path, IOException e) {
        String message = switch (e) {
            case NoSuchFileException missing -> "There is no file " + path + ".";
            case AccessDeniedException denied -> "The file " + path + " can not be read: permission denied.";
            case FileSystemException named -> "The file " + path + " can not be read: " + named.getReason() + ".";
            default -> "The file " + path + " can not be read: " + e.getMessage() + ".";
        };
        return new InvalidInputException(message, e);
    }

    /**
     * Checks a file that is in memory.
     *
     * @throws GgufFormatException if it is not a GGUF file that can be used
     */
    public static GgufFile parse(MemorySegment bytes) {
        return GgufReader.read(bytes);
    }

    /** 2 or 3. */
    public int version() {
        return version;
    }

    /** Bytes of the whole file. */
    public long byteSize() {
        return byteSize;
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    /** All tensors, in file order. */
    public List<GgufTensor> tensors() {
        return List.copyOf(tensors.values());
    }

    public Optional<GgufTensor> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * The tensor of this name.
     *
     * @throws InvalidInputException if there is none
     */
    public GgufTensor require(String name) {
        GgufTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new InvalidInputException("The file has no tensor '" + name + "', which its architecture needs.");
        }
        return tensor;
    }
}
