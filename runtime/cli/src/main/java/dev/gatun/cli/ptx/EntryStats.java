package dev.gatun.cli.ptx;

import dev.gatun.cli.Json;
import dev.gatun.ptx.count.Chip;
import dev.gatun.ptx.count.Occupancy;
import dev.gatun.ptx.count.StaticCounts;
import dev.gatun.ptx.verify.PtxEntry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of an entry without running it.
 *
 * @param threads of a block, for the occupancy
 */
public record EntryStats(PtxEntry entry, StaticCounts counts, int threads, List<OnChip> chips) {

    /**
     * The entry on one chip.
     *
     * @param usage     by {@code ptxas}; null if it is not at hand or refuses the text
     * @param complaint of {@code ptxas}; empty if there is none
     */
    public record OnChip(Chip chip, Assembler.@Nullable Usage usage, String complaint, Occupancy occupancy) {

        private String text() {
            String assembled = usage == null
                    ? String.format("%9s %11s %6s", "-", "-", "-")
                    : String.format(
                            "%9d %11s %6d",
                            usage.registers(),
                            usage.spillStoreBytes() + "/" + usage.spillLoadBytes(),
                            usage.stackBytes());
            String held = occupancy.blocks() == 0
                    ? "cannot be launched: too much " + occupancy.limit()
                    : String.format(
                            Locale.ROOT,
                            "%6d  %2d of %2d (%3.0f %%)  %s",
                            occupancy.blocks(),
                            occupancy.warps(),
                            occupancy.mostWarps(),
                            100 * occupancy.share(),
                            occupancy.limit());
            String refused = complaint.isEmpty() ? "" : "\n            ptxas: " + complaint;
            return String.format("  %-9s %-7s %s %s%s%n", chip.name(), chip.targetName(), assembled, held, refused);
        }

        private Map<String, Object> json() {
            Map<String, Object> json = Json.object("chip", chip.name(), "target", chip.targetName());
            if (usage != null) {
                json.putAll(Json.object(
                        "registers", usage.registers(),
                        "spill_store_bytes", usage.spillStoreBytes(),
                        "spill_load_bytes", usage.spillLoadBytes(),
                        "stack_bytes", usage.stackBytes()));
            }
            if (!complaint.isEmpty()) {
                json.put("complaint", complaint);
            }
            json.put(
                    "occupancy",
                    Json.object(
                            "blocks", occupancy.blocks(),
                            "warps", occupancy.warps(),
                            "share", occupancy.share(),
                            "limit", occupancy.limit(),
                            "is_ceiling", usage == null));
            return json;
        }
    }

    /** The report for people. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "%s: %d instructions; %s registers declared; %d bytes of parameters, %d shared, %d local%n",
                entry.name(),
                counts.total(),
                counts.registers().isEmpty()
                        ? "no"
                        : counts.registers().entrySet().stream()
                                .map(width -> width.getValue() + " " + width.getKey())
                                .collect(Collectors.joining(", ")),
                counts.parameterBytes(),
                counts.sharedBytes(),
                counts.localBytes()));
        counts.instructions()
                .forEach((which, count) -> text.append(String.format("  %-18s %d%n", which.word(), count)));
        text.append(String.format("  occupancy of blocks of %d threads%n", threads));
        text.append("  chip      target  registers spills (s/l)  stack blocks  warps            limited by\n");
        chips.forEach(chip -> text.append(chip.text()));
        return text.toString();
    }

    /** The report as the fields of a JSON object. */
    public Map<String, Object> json() {
        Map<String, Object> instructions = Json.object();
        counts.instructions().forEach((which, count) -> instructions.put(which.word(), count));
        return Json.object(
                "entry", entry.name(),
                "instructions", instructions,
                "registers_declared", counts.registers(),
                "shared_bytes", counts.sharedBytes(),
                "local_bytes", counts.localBytes(),
                "parameter_bytes", counts.parameterBytes(),
                "block_threads", threads,
                "chips", chips.stream().map(OnChip::json).toList());
    }
}
