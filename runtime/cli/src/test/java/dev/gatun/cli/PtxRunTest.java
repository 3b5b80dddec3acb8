package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PtxRunTest {
    private static final Path RMS_NORM = Path.of("../../ptx/src/main/ptx/rms_norm.ptx");
    private static final String RACE = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry race(.param .u64 out) .maxntid 64, 1, 1 {
                .shared .align 4 .b8 cell[256];
                .reg .b64 %out; .reg .b32 %i, %at, %other, %value;
                ld.param.u64 %out, [out];
                mov.u32 %i, %tid.x;
                shl.b32 %at, %i, 2;
                mov.u32 %other, cell;
                add.u32 %at, %at, %other;
                st.shared.u32 [%at], %i;
                xor.b32 %other, %at, 128;
                ld.shared.u32 %value, [%other];
                st.global.u32 [%out], %value;
                ret;
            }
            """;

    @TempDir
    private Path folder;

    private static Session run(Path file, String line) {
        List<String> words = new ArrayList<>(List.of("ptx", "run", file.toString()));
        words.addAll(List.of(line.split(" ")));
        return Session.run(words.toArray(String[]::new));
    }

    private Path race() throws IOException {
        return Files.writeString(folder.resolve("race.ptx"), RACE);
    }

    private static byte[] npy(String header, int dataBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(10 + header.length() + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        return bytes.put(header.getBytes(StandardCharsets.ISO_8859_1)).array();
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random(7)"})
    void rmsNormFromFileToFileEqualsTheFormula(String order) throws IOException {
        int rows = 3;
        int columns = 207;
        byte[] bytes = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 207), }\n", 4 * rows * columns);
        ByteBuffer input = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int start = bytes.length - 4 * rows * columns;
        float[] x = new float[rows * columns];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(i) * (i % 50 == 0 ? 40 : 1);
            input.putFloat(start + 4 * i, x[i]);
        }
        Path in = Files.write(folder.resolve("in.npy"), bytes);
        Path out = folder.resolve("out.npy");
        Session session = run(
                RMS_NORM,
                "--grid 3 --block 256 --check --json --order " + order + " --arg buf:f32:621:@" + in
                        + " --arg buf:f32:207:iota --arg buf:f32:621:zeros:out=" + out
                        + " --arg u32:207 --arg f32:1e-5");
        assertEquals(ExitCode.OK, session.exitCode(), session.err() + session.out());
        assertEquals(List.of(), session.json().get("hazards"));
        ByteBuffer result = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.LITTLE_ENDIAN);
        int first = result.capacity() - 4 * x.length;
        for (int r = 0; r < rows; r++) {
            double squares = 0;
            for (int c = 0; c < columns; c++) {
                squares += (double) x[r * columns + c] * x[r * columns + c];
            }
            for (int c = 0; c < columns; c++) {
                double expected = x[r * columns + c] / Math.sqrt(squares / columns + 1e-5) * c;
                assertEquals(expected, result.getFloat(first + 4 * (r * columns + c)), 1e-6 * (1 + Math.abs(expected)));
            }
        }
    }

    @Test
    void aRaceEndsWithOneAndBothLines() throws IOException {
        Session session = run(race(), "--grid 1 --block 64 --check --json --arg buf:u32:1:zeros");
        assertEquals(ExitCode.FAILED, session.exitCode(), session.err());
        List<?> hazards = (List<?>) session.json().get("hazards");
        Map<?, ?> hazard = hazards.stream()
                .map(one -> (Map<?, ?>) one)
                .filter(one -> "shared_race".equals(one.get("kind")))
                .findFirst()
                .orElseThrow();
        assertTrue(
                List.of(12, 14).containsAll(List.of(hazard.get("line"), hazard.get("other_line"))), hazards.toString());
        Session text = run(race(), "--grid 1 --block 64 --check --arg buf:u32:1:zeros");
        assertTrue(text.out().contains("race.ptx:14"), text.out());
    }

    @Test
    void aWriteOutsideItsBufferEndsWithOneAndItsLine() throws IOException {
        Session session = run(race(), "--grid 1 --block 32 --json --arg buf:u8:2:zeros");
        assertEquals(ExitCode.FAILED, session.exitCode(), session.err());
        Map<?, ?> hazard = (Map<?, ?>) ((List<?>) session.json().get("hazards")).get(0);
        assertEquals("address", hazard.get("kind"));
        assertEquals(15, hazard.get("line"));
    }

    @Test
    void cudaIsLackingByName() throws IOException {
        Session session = run(race(), "--grid 1 --block 32 --device cuda --arg buf:u32:1:zeros");
        assertEquals(ExitCode.LACKING, session.exitCode());
        assertTrue(session.err().contains("--device cuda"), session.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--grid 0 --block 32 --arg buf:u32:1:zeros",
                "--grid 1,2,3,4 --block 32 --arg buf:u32:1:zeros",
                "--grid 1 --block 65 --arg buf:u32:1:zeros",
                "--grid 1 --block 32",
                "--grid 1 --block 32 --arg u32:5",
                "--grid 1 --block 32 --arg f64:5",
                "--grid 1 --block 32 --arg u64:-1",
                "--grid 1 --block 32 --arg u64",
                "--grid 1 --block 32 --arg v7:1",
                "--grid 1 --block 32 --arg buf:u32:0:zeros",
                "--grid 1 --block 32 --arg buf:u32:1:ones",
                "--grid 1 --block 32 --arg buf:u32:1:@no-such-file",
                "--grid 1 --block 32 --arg buf:u32:1:zeros --arg u32:1",
                "--grid 1 --block 32 --order sideways --arg buf:u32:1:zeros",
                "--grid 1 --block 32 --order random(99999999999999999999) --arg buf:u32:1:zeros",
                "--grid 1 --block 32 --step-limit 0 --arg buf:u32:1:zeros",
                "--grid 1 --block 32 --shared -1 --arg buf:u32:1:zeros",
                "--grid 1 --block 32 --device abacus --arg buf:u32:1:zeros",
                "--grid 1 --block 32 --entry none --arg buf:u32:1:zeros"
            })
    void badUsageEndsWithTwoAndOneSentence(String line) throws IOException {
        Session session = run(race(), line);
        assertEquals(ExitCode.USAGE, session.exitCode(), session.err() + session.out());
        assertEquals(1, session.err().lines().count(), session.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
                "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
                "{'descr': '>u4', 'fortran_order': False, 'shape': (1,), }",
                "{'descr': '<u4', 'fortran_order': True, 'shape': (1, 1), }",
                "{'descr': '<u4', 'fortran_order': False, 'shape': (2,), }",
                "{'descr': '<u4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }",
                "{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }short"
            })
    void refusesHostileNumpyFiles(String header) throws IOException {
        Path file = Files.write(folder.resolve("in.npy"), npy(header, header.endsWith("}") ? 4 : 0));
        Session session = run(race(), "--grid 1 --block 32 --arg buf:u32:1:@" + file);
        assertEquals(ExitCode.USAGE, session.exitCode(), session.err());
        assertEquals(1, session.err().lines().count(), session.err());
    }
}
