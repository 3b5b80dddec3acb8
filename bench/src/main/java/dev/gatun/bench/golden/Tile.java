package dev.gatun.bench.golden;

import dev.gatun.cli.Json;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.Entry;
import dev.gatun.kernels.device.Grid;
import dev.gatun.kernels.device.ParamBlock;
import dev.gatun.kernels.device.VmDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one device made of a program's inputs.
 *
 * @param golden whether a GPU recorded it; only such a tile is held against anything
 * @param from what recorded it
 * @param text the kernel
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record Tile(
        String name,
        boolean golden,
        Map<String, Object> from,
        String text,
        Agreement agreement,
        int[] inputs,
        int[] outputs) {

    /** Records {@code program} on {@code device}. */
    public static Tile record(TileProgram program, Device device, boolean golden, Map<String, Object> from) {
        int[] inputs = program.allInputs();
        int outputs = TileProgram.BLOCKS * TileProgram.LANES * program.outputs();
        String text = program.text();
        return new Tile(
                program.name(), golden, from, text, program.agreement(), inputs, run(device, text, inputs, outputs));
    }

    private static int[] run(Device device, String text, int[] inputs, int outputs) {
        Entry entry = device.load(text).entry(TileProgram.ENTRY);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment in = device.allocate(arena, 4L * inputs.length);
            MemorySegment out = device.allocate(arena, 4L * outputs);
            device.copyIn(MemorySegment.ofArray(inputs), in, 0);
            ParamBlock parameters = new ParamBlock(arena, entry).pointer(in, 0).pointer(out, 0);
            device.launch(entry, new Grid(TileProgram.LANES).blocks(TileProgram.BLOCKS, 1, 1), parameters);
            int[] result = new int[outputs];
            device.copyOut(out, 0, MemorySegment.ofArray(result));
            return result;
        }
    }

    /** How many output words of the PTX machine do not agree with these. */
    public int replay() {
        try (VmDevice machine = VmDevice.open(1)) {
            return agreement.differences(outputs, run(machine, text, inputs, outputs.length));
        }
    }

    /** Writes the tile to {@code folder}. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".json"), Json.write(json()) + "\n");
    }

    private Map<String, Object> json() {
        return Json.object(
                "name", name,
                "golden", golden,
                "from", from,
                "ptx", text,
                "agreement", agreement.kind().name(),
                "relative", agreement.relative(),
                "absolute", agreement.absolute(),
                "inputs", base64(inputs),
                "outputs", base64(outputs));
    }

    /** Reads a tile's file. */
    public static Tile read(Path file) throws IOException {
        Map<String, Object> json = Json.readObject(Files.readString(file));
        Map<String, Object> from = new LinkedHashMap<>();
        ((Map<?, ?>) json.getOrDefault("from", Map.of())).forEach((key, value) -> from.put((String) key, value));
        return new Tile(
                String.valueOf(json.get("name")),
                Boolean.TRUE.equals(json.get("golden")),
                from,
                String.valueOf(json.get("ptx")),
                new Agreement(
                        Agreement.Kind.valueOf(String.valueOf(json.get("agreement"))),
                        number(json, "relative"),
                        number(json, "absolute")),
                words(String.valueOf(json.get("inputs"))),
                words(String.valueOf(json.get("outputs"))));
    }

    private static double number(Map<String, Object> json, String key) {
        return json.get(key) instanceof Number number ? number.doubleValue() : 0;
    }

    private static String base64(int[] words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(words);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static int[] words(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        int[] words = new int[bytes.remaining() / 4];
        bytes.asIntBuffer().get(words);
        return words;
    }
}
