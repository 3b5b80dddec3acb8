package dev.gatun.bench.gpu;

import dev.gatun.kernels.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A GGUF file of random weights in the shape of a model: it costs what the model costs and says nothing. */
final class RandomModel {
    private static final int ALIGNMENT = 32;
    private static final int PIECE_BYTES = 1 << 26;
    private static final int STRING = 8;

    private record Matrix(String name, DType type, int rows, int columns) {
        long byteSize() {
            return type.byteSize(columns) * rows;
        }

        long padded() {
            return (byteSize() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }

    private final ModelShape shape;
    private final DType type;
    private final List<Matrix> matrices = new ArrayList<>();
    private final ByteArrayOutputStream header = new ByteArrayOutputStream();

    private RandomModel(ModelShape shape, DType type) {
        this.shape = shape;
        this.type = type;
        matrices();
        header();
    }

    /** The model's file in {@code folder}, written if it is not there. */
    static Path file(Path folder, ModelShape shape, DType type) throws IOException {
        RandomModel model = new RandomModel(shape, type);
        Path file = folder.resolve("random-" + shape.name() + "-" + type + ".gguf");
        if (!Files.exists(file) || Files.size(file) != model.byteSize()) {
            Files.createDirectories(folder);
            Path fresh = folder.resolve(file.getFileName() + ".part");
            model.write(fresh);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
    }

    private long byteSize() {
        return header.size() + matrices.stream().mapToLong(Matrix::padded).sum();
    }

    private void matrices() {
        int heads = shape.heads() * shape.headDim();
        int kvHeads = shape.kvHeads() * shape.headDim();
        add("token_embd.weight", type, shape.vocabulary(), shape.width());
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            add(prefix + "attn_norm.weight", DType.F32, 1, shape.width());
            add(prefix + "attn_q.weight", type, heads, shape.width());
            add(prefix + "attn_k.weight", type, kvHeads, shape.width());
            add(prefix + "attn_v.weight", type, kvHeads, shape.width());
            add(prefix + "attn_output.weight", type, shape.width(), heads);
            add(prefix + "ffn_norm.weight", DType.F32, 1, shape.width());
            add(prefix + "ffn_gate.weight", type, shape.hidden(), shape.width());
            add(prefix + "ffn_up.weight", type, shape.hidden(), shape.width());
            add(prefix + "ffn_down.weight", type, shape.width(), shape.hidden());
        }
        add("output_norm.weight", DType.F32, 1, shape.width());
        if (!shape.tied()) {
            add("output.weight", type, shape.vocabulary(), shape.width());
        }
    }

    private void add(String name, DType type, int rows, int columns) {
        matrices.add(new Matrix(name, type, rows, columns));
    }

    // ---- header

    private void header() {
        header.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        int32(3);
        int64(matrices.size());
        int keys = 17;
        int64(keys);
        string("general.architecture", "llama");
        string("general.name", "random " + shape.name() + " " + type);
        uint32("llama.block_count", shape.layers());
        uint32("llama.embedding_length", shape.width());
        uint32("llama.feed_forward_length", shape.hidden());
        uint32("llama.attention.head_count", shape.heads());
        uint32("llama.attention.head_count_kv", shape.kvHeads());
        uint32("llama.attention.key_length", shape.headDim());
        uint32("llama.attention.value_length", shape.headDim());
        uint32("llama.context_length", 131_072);
        float32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        float32("llama.rope.freq_base", 500_000);
        string("tokenizer.ggml.model", "llama");
        vocabulary();
        uint32("tokenizer.ggml.eos_token_id", 2);
        long offset = 0;
        for (Matrix matrix : matrices) {
            text(matrix.name());
            boolean vector = matrix.rows() == 1;
            int32(vector ? 1 : 2);
            int64(matrix.columns());
            if (!vector) {
                int64(matrix.rows());
            }
            int32(typeNumber(matrix.type()));
            int64(offset);
            offset += matrix.padded();
        }
        while (header.size() % ALIGNMENT != 0) {
            header.write(0);
        }
    }

    /** One unknown token, two controls, the 256 bytes and names. */
    private void vocabulary() {
        int count = shape.vocabulary();
        array("tokenizer.ggml.tokens", STRING, count);
        for (int id = 0; id < count; id++) {
            text(id == 0 ? "<unk>" : id == 1 ? "<s>" : id == 2 ? "</s>" : id < 259 ? byteToken(id - 3) : " t" + id);
        }
        array("tokenizer.ggml.scores", 6, count);
        for (int id = 0; id < count; id++) {
            int32(Float.floatToRawIntBits(-id));
        }
        array("tokenizer.ggml.token_type", 5, count);
        for (int id = 0; id < count; id++) {
            int32(id == 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1);
        }
    }

    private static String byteToken(int value) {
        return String.format(Locale.ROOT, "<0x%02X>", value);
    }

    private static int typeNumber(DType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q4_1 -> 3;
            case Q5_1 -> 7;
            case Q8_0 -> 8;
            case BF16 -> 30;
            default -> throw new IllegalArgumentException("no random weights of " + type);
        };
    }

    private void uint32(String key, int value) {
        text(key);
        int32(4);
        int32(value);
    }

    private void float32(String key, float value) {
        text(key);
        int32(6);
        int32(Float.floatToRawIntBits(value));
    }

    private void string(String key, String value) {
        text(key);
        int32(STRING);
        text(value);
    }

    private void array(String key, int elementType, int count) {
        text(key);
        int32(9);
        int32(elementType);
        int64(count);
    }

    private void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int64(bytes.length);
        header.writeBytes(bytes);
    }

    private void int32(int value) {
        header.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private void int64(long value) {
        header.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    // ---- data

    private void write(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap(header.toByteArray()));
            MemorySegment piece = arena.allocate(PIECE_BYTES, 64);
            long seed = 0;
            for (Matrix matrix : matrices) {
                int rowsAtOnce = Math.max(1, (int) (PIECE_BYTES / matrix.type().byteSize(matrix.columns())));
                for (int row = 0; row < matrix.rows(); row += rowsAtOnce) {
                    int rows = Math.min(rowsAtOnce, matrix.rows() - row);
                    MemorySegment part = piece.asSlice(0, matrix.type().byteSize(matrix.columns()) * rows);
                    RandomNumbers.fillWeights(part, matrix.type(), matrix.rows() == 1 ? 1 : matrix.columns(), ++seed);
                    writeAll(channel, part.asByteBuffer());
                }
                writeAll(channel, ByteBuffer.allocate((int) (matrix.padded() - matrix.byteSize())));
            }
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
