package dev.gatun.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The generated layouts are what a C compiler makes of the same headers: {@code layouts.tsv}, by jextract/generate.sh. */
class LayoutTest {
    private static final Path GENERATED = Path.of("src/generated/java/dev/gatun/ffi");

    /** Java knows no alignment above 8 here; whoever allocates a tensor map must ask for 128 bytes. */
    private static final Map<String, Long> ALIGNED_BY_HAND = Map.of("CUtensorMap_st", 128L);

    private static List<String> table() throws IOException {
        try (InputStream in = LayoutTest.class.getResourceAsStream("layouts.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** Generated classes with a layout of their own, by simple name. */
    private static Map<String, Class<?>> structs() throws IOException, ReflectiveOperationException {
        Map<String, Class<?>> structs = new TreeMap<>();
        try (Stream<Path> files = Files.walk(GENERATED)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.toString().contains("$shared"))
                    .toList()) {
                String library = GENERATED.relativize(file).getName(0).toString();
                String name = file.getFileName().toString().replace(".java", "");
                Class<?> type = Class.forName("dev.gatun.ffi." + library + "." + name);
                if (Stream.of(type.getDeclaredMethods())
                        .anyMatch(method -> method.getName().equals("layout"))) {
                    structs.put(name, type);
                }
            }
        }
        return structs;
    }

    @Test
    void everyStructHasTheSizeAlignmentAndOffsetsOfC() throws IOException, ReflectiveOperationException {
        Map<String, Class<?>> structs = structs();
        for (String line : table()) {
            String[] cells = line.split("\t", -1);
            String name = cells[0];
            Class<?> struct = Objects.requireNonNull(structs.get(name), name);
            GroupLayout layout = (GroupLayout)
                    Objects.requireNonNull(struct.getMethod("layout").invoke(null), name);
            assertEquals(Long.parseLong(cells[1]), layout.byteSize(), name);
            long alignment = Long.parseLong(cells[2]);
            assertEquals(
                    alignment,
                    ALIGNED_BY_HAND.getOrDefault(name, layout.byteAlignment()).longValue(),
                    () -> name + " is aligned to " + layout.byteAlignment());
            List<String> members = new ArrayList<>();
            for (int i = 3; i < cells.length; i++) {
                String[] member = cells[i].split(" ", -1);
                PathElement path = PathElement.groupElement(member[0]);
                members.add(member[0]);
                assertEquals(Long.parseLong(member[1]), layout.byteOffset(path), () -> name + "." + member[0]);
                assertEquals(Long.parseLong(member[2]), layout.select(path).byteSize(), () -> name + "." + member[0]);
            }
            Set<String> named = layout.memberLayouts().stream()
                    .map(MemoryLayout::name)
                    .flatMap(Optional::stream)
                    .filter(member -> !member.contains("$anon"))
                    .collect(Collectors.toSet());
            assertEquals(named, Set.copyOf(members), name);
        }
    }

    @Test
    void everyStructIsInTheTable() throws IOException, ReflectiveOperationException {
        Set<String> recorded = table().stream()
                .map(line -> line.substring(0, line.indexOf('\t')))
                .collect(Collectors.toSet());
        assertTrue(recorded.size() >= 15, () -> "only " + recorded);
        assertEquals(recorded, structs().keySet());
    }
}
