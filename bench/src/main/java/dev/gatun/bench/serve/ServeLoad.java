package dev.gatun.bench.serve;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Puts a load on a server and prints what its clients felt.
 *
 * <p>{@code ServeLoad URL [--concurrency 1,4,16,64 | --rate R] [--requests N] [--prompt WORDS] [--answer TOKENS] [--cancel
 * SHARE] [--seed N] [--key KEY] [--json FILE]}; WORDS and TOKENS are a number or a range such as 16..256.
 */
public final class ServeLoad {

    private ServeLoad() {}

    /** Runs the loads that the arguments ask for; the exit code is 1 if a request failed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0 || arguments.length % 2 == 0) {
            throw new IllegalArgumentException("give the server's address, then options with their values");
        }
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        List<Map<String, Object>> results = new ArrayList<>();
        long failures = 0;
        System.out.print(LoadReport.tableHead());
        for (LoadPlan plan : plans(arguments[0], options)) {
            LoadReport report = new LoadReport(plan, new LoadRun(plan, ended -> {}).run());
            System.out.print(report.tableRow());
            failures += report.failures();
            results.add(report.json());
        }
        if (options.containsKey("--json")) {
            Files.writeString(Path.of(options.get("--json")), JSON.std.asString(results));
        }
        System.exit(failures > 0 ? 1 : 0);
    }

    private static List<LoadPlan> plans(String server, Map<String, String> options) {
        OptionalDouble rate = options.containsKey("--rate")
                ? OptionalDouble.of(Double.parseDouble(options.get("--rate")))
                : OptionalDouble.empty();
        List<LoadPlan> plans = new ArrayList<>();
        for (String concurrency : options.getOrDefault("--concurrency", "1").split(",", -1)) {
            int clients = Integer.parseInt(concurrency.trim());
            plans.add(new LoadPlan(
                    server,
                    Optional.ofNullable(options.get("--key")),
                    clients,
                    rate,
                    Integer.parseInt(options.getOrDefault("--requests", Integer.toString(4 * clients))),
                    Lengths.parse(options.getOrDefault("--prompt", "64")),
                    Lengths.parse(options.getOrDefault("--answer", "64")),
                    Double.parseDouble(options.getOrDefault("--cancel", "0")),
                    Long.parseLong(options.getOrDefault("--seed", "1"))));
        }
        return plans;
    }
}
