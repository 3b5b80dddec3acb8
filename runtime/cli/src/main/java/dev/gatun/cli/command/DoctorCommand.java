package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Json;
import dev.gatun.cli.Version;
import dev.gatun.cli.pull.ModelStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what this machine has and what would make it faster. */
@Command(name = "doctor", description = "Show what this machine has: JVM, vector width, CPU tier, GPU, caches.")
public final class DoctorCommand implements Callable<Integer> {
    private final Console console;
    private final ModelStore models;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    public DoctorCommand(Console console, ModelStore models) {
        this.console = console;
        this.models = models;
    }

    @Override
    public Integer call() {
        List<String> advice = new ArrayList<>();
        Machine machine = new Machine(advice);
        Map<String, Object> report = Json.object(
                "gatun", Version.text(),
                "jvm", machine.jvm(),
                "system", machine.system(),
                "cpu", machine.cpu(),
                "cuda", machine.cuda(),
                "models", machine.models(models));
        report.put("advice", advice);
        if (json) {
            console.json(report);
        } else {
            print("", report);
        }
        return ExitCode.OK;
    }

    private void print(String indent, Map<?, ?> section) {
        section.forEach((key, value) -> {
            switch (value) {
                case Map<?, ?> map -> {
                    console.println(indent + key);
                    print(indent + "  ", map);
                }
                case List<?> list when list.isEmpty() -> console.println(line(indent, key, "none"));
                case List<?> list -> {
                    console.println(indent + key);
                    list.forEach(item -> console.println(indent + "  - " + text(item)));
                }
                default -> console.println(line(indent, key, value));
            }
        });
    }

    private static String text(Object item) {
        return item instanceof Map<?, ?> map
                ? map.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "))
                : String.valueOf(item);
    }

    private static String line(String indent, Object key, Object value) {
        return String.format("%s%-" + (18 - indent.length()) + "s %s", indent, key, value);
    }
}
