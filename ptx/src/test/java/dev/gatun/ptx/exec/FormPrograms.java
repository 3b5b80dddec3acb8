package dev.gatun.ptx.exec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** All programs of the forms: those of the text files and the products of matrices by a warp and by a warpgroup. */
final class FormPrograms {
    private FormPrograms() {}

    static List<FormProgram> all() throws IOException {
        List<FormProgram> programs = new ArrayList<>();
        text("instructions.txt")
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(line -> programs.add(OneInstruction.of(line)));
        for (String file : List.of("programs.txt", "bulk.txt")) {
            String sections = text(file);
            for (String section :
                    sections.substring(sections.indexOf("\n## ") + 4).split("\n## ", -1)) {
                programs.add(TinyKernel.of(section));
            }
        }
        programs.addAll(MatrixPrograms.all());
        programs.addAll(WarpgroupProgram.all());
        return programs;
    }

    private static String text(String name) throws IOException {
        try (InputStream stream = FormPrograms.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
