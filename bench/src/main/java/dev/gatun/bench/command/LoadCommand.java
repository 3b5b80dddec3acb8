package dev.gatun.bench.command;

import dev.gatun.bench.serve.Lengths;
import dev.gatun.bench.serve.LoadPlan;
import dev.gatun.bench.serve.LoadReport;
import dev.gatun.bench.serve.LoadRun;
import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts a load on a server. */
@Command(
        name = "serve",
        description =
                "Put a load on a server of OpenAI's interface and print what its clients felt. Exit code 1 if a request"
                        + " failed.")
final class LoadCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "URL", description = "The server's address, such as http://127.0.0.1:8080.")
    private String server = "";

    @Option(
            names = "--concurrency",
            split = ",",
            paramLabel = "N",
            description = "Clients that ask one request after the other, a load for each number (default: 1,4,16,64).")
    private List<Integer> concurrency = List.of(1, 4, 16, 64);

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Requests a second that come when they come (Poisson), instead of a number of clients.")
    private @Nullable Double rate;

    @Option(names = "--requests", paramLabel = "N", description = "Requests of each load (default: 4 a client).")
    private @Nullable Integer requests;

    @Option(names = "--prompt", paramLabel = "N|N..M", description = "Words of a prompt (default: 64).")
    private String prompt = "64";

    @Option(names = "--answer", paramLabel = "N|N..M", description = "Tokens of an answer (default: 64).")
    private String answer = "64";

    @Option(names = "--cancel", paramLabel = "SHARE", description = "Share of clients that go early (default: 0).")
    private double cancel;

    @Option(names = "--target", paramLabel = "MS", description = "Time to the first token that goodput counts by.")
    private @Nullable Double target;

    @Option(names = "--seed", paramLabel = "N", description = "Of all that is random (default: 1).")
    private long seed = 1;

    @Option(names = "--api-key", paramLabel = "KEY", description = "What the server wants to be shown.")
    private @Nullable String key;

    @Option(names = "--json", description = "Print one JSON object a load, with every sample, instead of a table.")
    private boolean json;

    LoadCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<LoadPlan> plans = new ArrayList<>();
        for (int clients : rate == null ? concurrency : List.of(1)) {
            plans.add(plan(clients));
        }
        if (!json) {
            console.print(LoadReport.tableHead());
        }
        long failures = 0;
        for (LoadPlan plan : plans) {
            LoadReport report = new LoadReport(plan, new LoadRun(plan, this::note).run());
            failures += report.failures();
            if (json) {
                console.json(report.json());
            } else {
                console.print(report.tableRow());
                if (target != null) {
                    console.note(Math.round(100 * report.goodput(target)) + " % had their first token within " + target
                            + " ms");
                }
            }
            report.firstFailure().ifPresent(failure -> console.note("a request failed: " + failure));
        }
        return failures > 0 ? ExitCode.FAILED : ExitCode.OK;
    }

    private LoadPlan plan(int clients) {
        return new LoadPlan(
                server,
                Optional.ofNullable(key),
                clients,
                rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
                requests == null ? 4 * clients : requests,
                Lengths.parse(prompt),
                Lengths.parse(answer),
                cancel,
                seed);
    }

    private void note(int ended) {
        if (console.isVerbose()) {
            console.note(ended + " requests have ended");
        }
    }
}
