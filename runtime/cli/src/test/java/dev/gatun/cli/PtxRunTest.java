package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cuda.CudaDriver;
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
    static final String RACE = """
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

    static Session run(Path file, String line) {
        List<String> words = new ArrayList<>(List.of("ptx", "run", file.toString()));
        words.addAll(List.of(line.split(" ")));
        return Session.run(words.toArray(String[]::new));
    }

    private Path race() throws IOException {
        return Files.writeString(folder.resolve("race.ptx"), RACE);
    }

    static byte[] npy(String header, int dataBytes) {
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
        assertEquals(1, session.err().lines().count(), session.err());
        switch (CudaDriver.find()) {
            case CudaDriver.Missing missing -> {
                assertEquals("gatun: " + missing.reason() + ".\n", session.err());
                assertTrue(Session.run("doctor").out().contains(missing.reason()));
            }
            case CudaDriver.Found found -> assertTrue(session.err().contains("can not launch"), session.err());
        }
    }

    @Test
    void theReportHasTheFieldsOfTheContract() throws IOException {
        JsonObject report =
                run(race(), "--grid 2 --block 32 --json --arg buf:u32:1:zeros").json();
        assertEquals(
                List.of(
                        "entry",
                        "instructions",
                        "warp_instructions",
                        "lane_instructions",
                        "global",
                        "shared",
                        "hazards",
                        "lower_bound",
                        "buffers"),
                report.names());
        assertEquals(2, report.object("instructions").integer("global_memory"));
        assertEquals(4, report.object("instructions").integer("shared_memory"));
        assertEquals(
                List.of("bytes_read", "bytes_written", "sectors_per_request", "ideal_sectors_per_request"),
                report.object("global").names());
        assertEquals(0, report.object("global").integer("bytes_read"));
        assertEquals(256, report.object("global").integer("bytes_written"));
        assertEquals(1.0, report.object("global").number("sectors_per_request"));
        assertEquals(List.of("bank_conflicts"), report.object("shared").names());
        JsonObject bound = report.objects("lower_bound").get(0);
        assertEquals("A100", bound.get("chip"));
        assertEquals(true, bound.get("is_prediction"));
        assertEquals("issue slots", bound.get("bottleneck"));
        assertEquals(bound.number("least_us"), bound.object("parts_us").number("issue_slots"));
        JsonObject hazard = run(race(), "--grid 1 --block 64 --check --json --arg buf:u32:1:zeros")
                .json()
                .objects("hazards")
                .get(0);
        assertEquals(List.of("kind", "line", "other_line", "count", "message"), hazard.names());
        String text = run(race(), "--grid 2 --block 32 --arg buf:u32:1:zeros").out();
        assertTrue(text.contains("lower bound, a prediction"), text);
        assertTrue(text.contains("RTX 5090"), text);
    }

    @Test
    void hazardsAreReportedAsComputeSanitizerDoes() throws IOException {
        String text =
                run(race(), "--grid 1 --block 64 --check --arg buf:u32:1:zeros").out();
        assertTrue(text.contains("========= ERROR: shared-memory race (RAW), 32 times\n"), text);
        assertTrue(text.contains("\n=========       race.ptx:12   st.shared.u32 [%at], %i;\n"), text);
        assertTrue(text.endsWith("========= 3 kinds of errors\n"), text);
        String fault = run(race(), "--grid 1 --block 32 --arg buf:u8:2:zeros").out();
        assertTrue(fault.contains("========= ERROR: address fault, 1 time\n"), fault);
        assertTrue(fault.endsWith("\n=========       race.ptx:15\n========= 1 kind of error\n"), fault);
    }

    @Test
    void aKernelThatNeverEndsIsStopped() throws IOException {
        Path file = Files.writeString(
                folder.resolve("loop.ptx"),
                ".version 7.4\n.target sm_80\n.address_size 64\n.visible .entry a() {\nagain:\n  bra again;\n}\n");
        Session session = run(file, "--grid 1 --block 32 --json --step-limit 1000");
        assertEquals(ExitCode.FAILED, session.exitCode(), session.err());
        assertEquals("runaway", session.json().objects("hazards").get(0).get("kind"));
        assertEquals(List.of(), session.json().list("lower_bound"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--check", "--order forward", "--step-limit 5"})
    void whatAGpuCannotDoIsRefusedByName(String option) throws IOException {
        Session session = run(race(), "--grid 1 --block 32 --device cuda --arg buf:u32:1:zeros " + option);
        assertEquals(ExitCode.USAGE, session.exitCode());
        assertTrue(
                session.err().startsWith("gatun: " + option.split(" ", 2)[0] + " is for the PTX machine"),
                session.err());
    }
}
