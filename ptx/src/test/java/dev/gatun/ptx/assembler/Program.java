package dev.gatun.ptx.assembler;

import dev.gatun.ptx.PtxSyntaxException;
import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.verify.PtxModule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A small PTX text and what ptxas says of it.
 *
 * <p>In a file of them, a line {@code ## verdict | options | name} stands before each. The verdict is {@code accepted},
 * {@code line N: complaint} (N counts from the first line after the head) or {@code nowhere: complaint}. Options are a
 * version and target, {@code module} for a text that needs no kernel around it, {@code raw} for one without any head, and
 * {@code ours: verdict} where the verifier differs on purpose.
 */
record Program(String name, String head, String body, String target, String verdict, String ours) {
    private static final Pattern VERSION = Pattern.compile("(\\d+\\.\\d) (sm_\\w+)");
    private static final Pattern LINE = Pattern.compile("(line \\d+|nowhere): .*");
    private static final String MODULE = """
            .version %s
            .target %s
            .address_size 64
            """;
    private static final String KERNEL = """
            .visible .entry k(.param .u64 in, .param .u64 out, .param .u32 n, .param .f32 x) {
            .reg .pred %p<8>; .reg .b16 %h<8>; .reg .b32 %r<32>; .reg .b64 %d<16>; .reg .f32 %f<32>; .reg .f64 %g<8>; .reg .u32 %u<8>; .reg .s32 %s<8>;
            .shared .align 16 .b8 tile[1024]; .local .align 16 .b8 frame[64];
            """;

    /** The programs of a resource beside this class. */
    static List<Program> load(String resource) throws IOException {
        List<Program> programs = new ArrayList<>();
        try (InputStream stream = Program.class.getResourceAsStream(resource)) {
            String text = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
            String header = "";
            StringBuilder body = new StringBuilder();
            for (String line : (text + "## end").split("\n", -1)) {
                if (!line.startsWith("# ") && !line.startsWith("## ")) {
                    body.append(line).append('\n');
                    continue;
                }
                if (!header.isEmpty()) {
                    programs.add(of(header, body.toString()));
                }
                header = line.startsWith("## ") ? line.substring(3) : "";
                body.setLength(0);
            }
        }
        return programs;
    }

    private static Program of(String header, String body) {
        String[] parts = header.split(" \\| ", -1);
        String name = body.lines().findFirst().orElse("");
        String head = MODULE.formatted("8.0", "sm_90") + KERNEL;
        String target = "sm_90";
        String ours = "";
        for (int i = 1; i < parts.length; i++) {
            Matcher version = VERSION.matcher(parts[i]);
            if (version.matches()) {
                target = version.group(2);
                head = MODULE.formatted(version.group(1), target) + KERNEL;
            } else if (parts[i].equals("module")) {
                head = head.replace(KERNEL, "");
            } else if (parts[i].equals("raw")) {
                head = "";
            } else if (parts[i].startsWith("ours: ")) {
                ours = parts[i].substring(6);
            } else {
                name = parts[i];
            }
        }
        return new Program(name, head, body, target, parts[0], ours);
    }

    String text() {
        return head + body + (head.endsWith(KERNEL) ? "ret;\n}\n" : "");
    }

    private int line(int ofText) {
        return ofText - (int) head.lines().count();
    }

    /** The verdict without what was complained about. */
    static String place(String verdict) {
        Matcher matcher = LINE.matcher(verdict);
        return matcher.matches() ? matcher.group(1) : verdict;
    }

    String verdict(Ptxas ptxas) {
        SortedMap<Integer, String> complaints = ptxas.complaints(text(), target);
        if (complaints.isEmpty()) {
            return "accepted";
        }
        Map.Entry<Integer, String> first = Objects.requireNonNull(complaints.firstEntry());
        return (first.getKey() == 0 ? "nowhere" : "line " + line(first.getKey())) + ": " + first.getValue();
    }

    /** What the verifier says, in the same form. */
    String ownVerdict() {
        try {
            PtxModule.parse(text());
            return "accepted";
        } catch (PtxSyntaxException refusal) {
            return "line " + line(refusal.position().line()) + ": " + refusal.getMessage();
        } catch (PtxVerifyException refusal) {
            int first = refusal.problems().stream()
                    .mapToInt(problem -> problem.position().line())
                    .min()
                    .orElseThrow();
            return "line " + line(first) + ": " + refusal.problems().get(0).message();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
