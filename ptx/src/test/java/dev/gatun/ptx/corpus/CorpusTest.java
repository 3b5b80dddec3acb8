package dev.gatun.ptx.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What nvcc makes of our CUDA kernels (src/test/cuda) computes on the machine what plain Java computes. */
class CorpusTest {
    private static final Map<String, PtxEntry> ENTRIES = new ConcurrentHashMap<>();

    static List<Arguments> cases() {
        List<KernelCase> kernels = new ArrayList<>();
        kernels.addAll(ReductionCases.all());
        kernels.addAll(MatrixCases.all());
        kernels.addAll(IntegerCases.all());
        kernels.addAll(NormalizationCases.all());
        kernels.addAll(MemoryCases.all());
        kernels.addAll(FloatCases.all());
        List<Arguments> arguments = new ArrayList<>();
        for (KernelCase kernel : kernels) {
            arguments.add(Arguments.of(kernel, "sm_80"));
            arguments.add(Arguments.of(kernel, "sm_90"));
        }
        return arguments;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void computesTheSameInEveryOrder(KernelCase kernel, String target) {
        PtxEntry entry = ENTRIES.computeIfAbsent(
                target + "/" + kernel.kernel(),
                path -> PtxModule.parse(read(path)).entry(kernel.kernel()));
        LaunchOptions options = LaunchOptions.DEFAULT;
        byte[][] forward = kernel.run(entry, options.withOrder("forward"));
        assertArrayEquals(forward, kernel.run(entry, options.withOrder("reverse")));
        assertArrayEquals(forward, kernel.run(entry, options.withOrder("random(7)")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void isCleanUnderAllCheckers(KernelCase kernel, String target) {
        String path = target + "/" + kernel.kernel();
        PtxEntry entry = PtxModule.parse(read(path)).entry(kernel.kernel());
        Checker checker = Checker.all();
        kernel.run(entry, LaunchOptions.DEFAULT.withWatcher(checker));
        assertEquals("========= 0 kinds of errors\n", checker.report(path + ".ptx"));
    }

    private static String read(String path) {
        try (InputStream stream = Objects.requireNonNull(
                CorpusTest.class.getResourceAsStream("/corpus/" + path + ".ptx"), "no compiled kernel " + path)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
