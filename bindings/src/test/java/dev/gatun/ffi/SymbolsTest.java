package dev.gatun.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is bound is what the lists say, no more and no less, and none of it needs a library to be there. */
class SymbolsTest {

    private static Set<String> listed(String list, String kind) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("jextract", list + ".symbols"))) {
            return lines.filter(line -> line.startsWith("--include-" + kind + " "))
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> methodsEndingIn(Class<?> type, String suffix) {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @CsvSource({"cuda, Cuda", "cublas, Cublas", "cublaslt, CublasLt", "nvml, Nvml"})
    void everyListedFunctionAndConstantIsBound(String list, String header)
            throws IOException, ReflectiveOperationException {
        Class<?> type = Class.forName("dev.gatun.ffi." + list + "." + header);
        assertEquals(listed(list, "function"), methodsEndingIn(type, "$handle"), "functions");
        Set<String> constants = listed(list, "constant");
        constants.removeAll(methodsEndingIn(type, ""));
        assertEquals(Set.of(), constants, "constants that are not bound");
    }

    @Test
    void constantsAndLayoutsNeedNoLibrary() {
        assertEquals(0, dev.gatun.ffi.cuda.Cuda.CUDA_SUCCESS());
        assertEquals(56, dev.gatun.ffi.cuda.CUlaunchConfig.layout().byteSize());
    }
}
