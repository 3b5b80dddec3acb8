package dev.gatun.cli.command;

import dev.gatun.cli.Console;
import dev.gatun.cli.ExitCode;
import dev.gatun.cli.Interrupts;
import dev.gatun.cli.pull.ModelStore;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.engine.Engine;
import dev.gatun.server.GatunServer;
import dev.gatun.server.ServerOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves a model to others, until it is told to end. */
@Command(
        name = "serve",
        description =
                "Serve a model to OpenAI's clients. A page to try it is at /. SIGTERM or Ctrl-C answers what is there"
                        + " and ends.")
public final class ServeCommand implements Callable<Integer> {
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final Console console;
    private final ModelStore models;
    private final Map<String, String> environment;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description =
                    "The interface to listen on (default: ${DEFAULT-VALUE}); another than this machine's own needs"
                            + " --api-key.",
            defaultValue = "127.0.0.1")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The port; 0 for any that is free (default: ${DEFAULT-VALUE}).",
            defaultValue = "8080")
    private int port;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description =
                    "What clients must show; also from the environment, GATUN_API_KEY, where other users do not see"
                            + " it.")
    private @Nullable String apiKey;

    @Option(
            names = "--served-name",
            paramLabel = "NAME",
            description = "What clients call the model (default: as it was asked for).")
    private @Nullable String servedName;

    @Option(
            names = "--context",
            paramLabel = "N",
            description = "Most tokens of prompt and answer together; 0 for the model's own (default: 0).",
            defaultValue = "0")
    private int context;

    @Option(
            names = "--sequences",
            paramLabel = "N",
            description = "Most answers that are computed at the same time (default: ${DEFAULT-VALUE}).",
            defaultValue = "16")
    private int sequences;

    @Mixin
    private EngineSettings settings = new EngineSettings();

    public ServeCommand(Console console, ModelStore models, Map<String, String> environment) {
        this.console = console;
        this.models = models;
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        ServerOptions options = options();
        options.checkedAddress();
        CountDownLatch end = new CountDownLatch(1);
        try (Engine engine = settings.open(models, console, context, sequences);
                GatunServer server = GatunServer.start(engine, options);
                Interrupts interrupts = new Interrupts(end::countDown);
                Interrupts termination = new Interrupts("TERM", end::countDown)) {
            console.note("listening on " + url(server.address()) + ", model " + options.modelName()
                    + (options.apiKey().isPresent() ? ", with a key" : "") + "; the API is at /v1, a page at /");
            end.await();
            console.note("ending: answering what is there, at most " + DRAIN.toSeconds() + " s"
                    + (interrupts.happened() ? "; Ctrl-C again ends at once" : ""));
            boolean answered = server.drain(DRAIN);
            console.note(answered ? "ended" : "ended; what was not answered by then was cancelled");
            return termination.happened() || interrupts.happened() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private ServerOptions options() {
        if (sequences < 1) {
            throw new InvalidInputException("--sequences is " + sequences + "; give at least 1.");
        }
        ServerOptions options = ServerOptions.of(servedName != null ? servedName : settings.modelName())
                .withHost(host)
                .withPort(port);
        String key = apiKey != null ? apiKey : environment.get("GATUN_API_KEY");
        return key == null ? options : options.withApiKey(key);
    }

    private static String url(InetSocketAddress address) {
        String name = address.getAddress().getHostAddress();
        return "http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + address.getPort();
    }
}
