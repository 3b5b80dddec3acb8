package dev.gatun.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What one command line printed and how it ended, run in this JVM. */
record Session(int exitCode, String out, String err) {

    static Session run(String... arguments) {
        return withInput("", arguments);
    }

    static Session withInput(String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, err, "");
        int exitCode = Main.execute(console, arguments);
        return new Session(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The one JSON object that was printed. */
    JsonObject json() {
        return JsonObject.parse(out);
    }
}
