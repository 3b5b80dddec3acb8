package dev.gatun.cli.ptx;

import dev.gatun.cli.Json;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.check.Finding;
import dev.gatun.ptx.count.Chip;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.count.InstructionClass;
import dev.gatun.ptx.count.LowerBound;
import dev.gatun.ptx.verify.PtxEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one launch did.
 *
 * @param findings of the checkers; empty if there were none on
 * @param fault    that stopped the kernel; null if it came to its end
 */
public record RunReport(
        PtxEntry entry,
        Counters counters,
        List<Finding> findings,
        @Nullable PtxFault fault,
        List<KernelBuffers.Contents> buffers) {

    /** Whether nothing is wrong with the kernel. */
    public boolean isClean() {
        return fault == null && findings.isEmpty();
    }

    /** None for a kernel that was stopped: what it still had to do is not counted. */
    private List<LowerBound> bounds() {
        return (fault == null ? Chip.ALL : List.<Chip>of())
                .stream()
                        .filter(chip -> chip.canRun(entry.module()))
                        .map(chip -> LowerBound.of(counters, chip))
                        .filter(bound -> Double.isFinite(bound.leastSeconds()))
                        .toList();
    }

    /** The report for people; hazards come last, in the form of compute-sanitizer. */
    public String text(String fileName) {
        StringBuilder text = new StringBuilder(counters.report());
        if (fault == null) {
            buffers.forEach(buffer -> text.append(buffer.text()).append('\n'));
            text.append("lower bound, a prediction from the counts with cold caches and not a measurement:\n");
            bounds().forEach(bound -> text.append("  ").append(bound.text()).append('\n'));
        } else {
            text.append(text(fault, fileName));
        }
        findings.forEach(finding -> text.append(finding.text(fileName)));
        int kinds = findings.size() + (fault == null ? 0 : 1);
        return text.append("========= ")
                .append(kinds)
                .append(kinds == 1 ? " kind of error\n" : " kinds of errors\n")
                .toString();
    }

    private static String text(PtxFault fault, String fileName) {
        StringBuilder text =
                new StringBuilder("========= ERROR: ").append(word(fault)).append(" fault, 1 time\n");
        String.valueOf(fault.getMessage())
                .lines()
                .forEach(line -> text.append("=========   ").append(line).append('\n'));
        if (fault.line() > 0) {
            text.append("=========       ")
                    .append(fileName)
                    .append(':')
                    .append(fault.line())
                    .append('\n');
        }
        return text.toString();
    }

    private static String word(PtxFault fault) {
        return fault.kind().name().toLowerCase(Locale.ROOT);
    }

    /** The report as the fields of a JSON object. */
    public Map<String, Object> json() {
        Map<String, Object> instructions = Json.object();
        for (InstructionClass which : InstructionClass.values()) {
            if (counters.instructions(which) > 0) {
                instructions.put(which.word(), counters.instructions(which));
            }
        }
        Counters.MemoryCount global = counters.global();
        Counters.MemoryCount shared = counters.shared();
        return Json.object(
                "entry", entry.name(),
                "instructions", instructions,
                "warp_instructions", counters.warpInstructions(),
                "lane_instructions", counters.laneInstructions(),
                "global",
                        Json.object(
                                "bytes_read", counters.globalBytesRead(),
                                "bytes_written", counters.globalBytesWritten(),
                                "sectors_per_request", global.sectorsPerRequest(),
                                "ideal_sectors_per_request", global.idealSectorsPerRequest()),
                "shared", Json.object("bank_conflicts", shared.bankConflicts()),
                "hazards", hazards(),
                "lower_bound", bounds().stream().map(RunReport::json).toList(),
                "buffers", buffers.stream().map(KernelBuffers.Contents::json).toList());
    }

    private List<Map<String, Object>> hazards() {
        List<Map<String, Object>> hazards = new ArrayList<>();
        if (fault != null) {
            hazards.add(hazard(word(fault), fault.line(), 0, 1, String.valueOf(fault.getMessage())));
        }
        for (Finding finding : findings) {
            int other = finding.first() == null ? 0 : finding.first().line();
            String kind = finding.kind().isEmpty() ? "" : " (" + finding.kind() + ")";
            hazards.add(hazard(
                    finding.check().name().toLowerCase(Locale.ROOT),
                    finding.then().line(),
                    other,
                    finding.count(),
                    finding.check().title() + kind + ": " + finding.what() + "; " + finding.hint()));
        }
        return hazards;
    }

    private static Map<String, Object> hazard(String kind, int line, int otherLine, long count, String message) {
        return Json.object("kind", kind, "line", line, "other_line", otherLine, "count", count, "message", message);
    }

    private static Map<String, Object> json(LowerBound bound) {
        Map<String, Object> parts = Json.object();
        bound.seconds().forEach((resource, seconds) -> parts.put(resource.replace(' ', '_'), 1e6 * seconds));
        return Json.object(
                "chip",
                bound.chip().name(),
                "is_prediction",
                true,
                "least_us",
                1e6 * bound.leastSeconds(),
                "launch_us",
                1e6 * bound.launchSeconds(),
                "bottleneck",
                bound.bottleneck(),
                "parts_us",
                parts);
    }
}
