package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arguments, options and files of {@code gatun ptx run}, good ones and hostile ones. */
class PtxArgumentTest {
    private static final String COPY = """
            .version 7.4
            .target sm_80
            .address_size 64
            .visible .entry copy(.param .u64 to, .param .u64 from, .param .u32 bytes) .maxntid 32, 1, 1 {
                .reg .pred %more; .reg .b64 %to, %from, %a; .reg .b32 %i, %bytes; .reg .b16 %h;
                ld.param.u64 %to, [to]; ld.param.u64 %from, [from]; ld.param.u32 %bytes, [bytes];
                mov.u32 %i, %tid.x;
            next:
                setp.lt.u32 %more, %i, %bytes;
                @!%more exit;
                cvt.u64.u32 %a, %i;
                add.u64 %a, %a, %from;
                ld.global.u8 %h, [%a];
                sub.u64 %a, %a, %from;
                add.u64 %a, %a, %to;
                st.global.u8 [%a], %h;
                add.u32 %i, %i, 32;
                bra next;
            }
            """;

    @TempDir
    private Path folder;

    private static Session run(Path file, String line) {
        return PtxRunTest.run(file, line);
    }

    private Path race() throws IOException {
        return Files.writeString(folder.resolve("race.ptx"), PtxRunTest.RACE);
    }

    @ParameterizedTest
    @CsvSource({
        "u8, 1, 0 1 2 3 4 5 6",
        "s8, 1, 0 1 2 3 4 5 6",
        "u16, 2, 0 1 2 3 4 5 6",
        "f16, 2, 0.0 1.0 2.0 3.0 4.0 5.0 6.0",
        "bf16, 2, 0.0 1.0 2.0 3.0 4.0 5.0 6.0",
        "u32, 4, 0 1 2 3 4 5 6",
        "s32, 4, 0 1 2 3 4 5 6",
        "f32, 4, 0.0 1.0 2.0 3.0 4.0 5.0 6.0",
        "u64, 8, 0 1 2 3 4 5 6",
        "f64, 8, 0.0 1.0 2.0 3.0 4.0 5.0 6.0"
    })
    void everyTypeIsFilledSavedAndReadAgain(String type, int byteSize, String values) throws IOException {
        Path file = Files.writeString(folder.resolve("copy.ptx"), COPY);
        Path saved = folder.resolve("saved.npy");
        String line = "--grid 1 --block 32 --check --json --arg buf:%s:7:zeros:out=%s --arg buf:%s:7:%s --arg u32:%d";
        Session first = run(file, line.formatted(type, saved, type, "iota", 7 * byteSize));
        assertEquals(ExitCode.OK, first.exitCode(), first.err() + first.out());
        Path again = folder.resolve("again.npy");
        Session second = run(file, line.formatted(type, again, type, "@" + saved, 7 * byteSize));
        assertEquals(ExitCode.OK, second.exitCode(), second.err() + second.out());
        JsonObject to = second.json().objects("buffers").get(0);
        assertEquals(
                values,
                String.join(" ", to.list("first").stream().map(String::valueOf).toList()));
        assertEquals(-1, Files.mismatch(saved, again));
        Session random = run(file, line.formatted(type, again, type, "random(-3)", 7 * byteSize));
        assertEquals(ExitCode.OK, random.exitCode(), random.err() + random.out());
        List<JsonObject> buffers = random.json().objects("buffers");
        assertEquals(buffers.get(1).list("first"), buffers.get(0).list("first"));
        assertTrue(Set.copyOf(buffers.get(0).list("first")).size() > 4, buffers.toString());
    }

    @Test
    void numbersArriveAsWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("store.ptx"), """
                .version 7.4
                .target sm_80
                .address_size 64
                .visible .entry store(.param .u64 out, .param .s32 a, .param .u64 b, .param .f32 c, .param .b16 d) {
                    .reg .b64 %out, %b; .reg .b32 %a, %c; .reg .b16 %d;
                    ld.param.u64 %out, [out]; ld.param.s32 %a, [a]; ld.param.u64 %b, [b];
                    ld.param.b32 %c, [c]; ld.param.b16 %d, [d];
                    st.global.b64 [%out], %b; st.global.b32 [%out+8], %a; st.global.b32 [%out+12], %c;
                    st.global.b16 [%out+16], %d;
                    ret;
                }
                """);
        Session session = run(
                file,
                "--grid 1 --block 1 --json --arg buf:u32:5:zeros --arg s32:-7 --arg u64:0x1122334455667788 --arg f32:1.5"
                        + " --arg bf16:-1.0");
        assertEquals(ExitCode.OK, session.exitCode(), session.err() + session.out());
        assertEquals(
                List.of("1432778632", "287454020", "4294967289", "1069547520", "49024"),
                session.json().objects("buffers").get(0).list("first"));
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
                "--grid 1 --block 32 --arg f32:1e39",
                "--grid 1 --block 32 --arg f16:65520",
                "--grid 1 --block 32 --arg u8:256",
                "--grid 1 --block 32 --arg s8:-129",
                "--grid 1 --block 32 --arg :",
                "--grid 1 --block 32 --arg buf:",
                "--grid 1 --block 32 --arg buf:u32",
                "--grid 1 --block 32 --arg buf:u32:-1:zeros",
                "--grid 1 --block 32 --arg buf:u32:9999999999999:zeros",
                "--grid 1 --block 32 --arg buf:v4:1:zeros",
                "--grid 1 --block 32 --arg buf:u32:1:random(x)",
                "--grid 1 --block 32 --arg buf:u32:1:random",
                "--grid 1 --block 32 --arg buf:u32:1:@",
                "--grid 1 --block 32 --arg buf:u32:1:@.",
                "--grid 1 --block 32 --arg buf:u32:1:zeros:out=",
                "--grid 1 --block 32 --arg buf:u32:1:zeros:out=.",
                "--grid 1 --block 32 --arg buf:u32:1:zeros:out=no-such-folder/o.npy",
                "--grid 99999999999 --block 32 --arg buf:u32:1:zeros",
                "--grid 2147483648 --block 32 --arg buf:u32:1:zeros",
                "--grid 1,65536 --block 32 --arg buf:u32:1:zeros",
                "--grid -1 --block 32 --arg buf:u32:1:zeros",
                "--grid 1 --block 1,1,65 --arg buf:u32:1:zeros",
                "--grid 1 --block , --arg buf:u32:1:zeros",
                "--grid 1 --block 32 --shared 300000 --arg buf:u32:1:zeros",
                "--grid 1 --block 32 --shared 99999999999 --arg buf:u32:1:zeros",
                "--grid 1 --block 32 --order forward(7) --arg buf:u32:1:zeros",
                "--block 32 --arg buf:u32:1:zeros",
                "--grid 1 --arg buf:u32:1:zeros",
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
    @ValueSource(strings = {"buf:u8:999999999999:zeros", "buf:f64:999999999999:iota"})
    void aBufferBeyondMemoryIsLacking(String spec) throws IOException {
        Session session = run(race(), "--grid 1 --block 32 --arg " + spec);
        assertEquals(ExitCode.LACKING, session.exitCode(), session.err());
        assertEquals(1, session.err().lines().count(), session.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.ptx", ".", "bad.ptx", "empty.ptx"})
    void aFileWithoutKernelIsRefusedInOneSentence(String name) throws IOException {
        Files.writeString(folder.resolve("bad.ptx"), ".version 7.4\n.target sm_80\n.visible .entry k() { fly; }");
        Files.writeString(folder.resolve("empty.ptx"), ".version 7.4\n.target sm_80\n.address_size 64\n");
        Session session = run(folder.resolve(name), "--grid 1 --block 32");
        assertEquals(ExitCode.USAGE, session.exitCode(), session.err());
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
        Path file = Files.write(folder.resolve("in.npy"), PtxRunTest.npy(header, header.endsWith("}") ? 4 : 0));
        Session session = run(race(), "--grid 1 --block 32 --arg buf:u32:1:@" + file);
        assertEquals(ExitCode.USAGE, session.exitCode(), session.err());
        assertEquals(1, session.err().lines().count(), session.err());
    }
}
