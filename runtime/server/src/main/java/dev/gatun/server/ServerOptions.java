package dev.gatun.server;

import dev.gatun.runtime.InvalidInputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Where the server listens and whom it answers.
 *
 * @param host the name or address of the interface to listen on
 * @param port 0 for any that is free
 * @param apiKey what clients must show as {@code Authorization: Bearer KEY}
 * @param modelName what {@code /v1/models} calls the model
 * @param limits what a stranger may ask
 */
public record ServerOptions(String host, int port, Optional<String> apiKey, String modelName, Limits limits) {

    /** This machine only, port 8080, no key. */
    public static ServerOptions of(String modelName) {
        return new ServerOptions("127.0.0.1", 8_080, Optional.empty(), modelName, Limits.DEFAULTS);
    }

    /** The same on another interface. */
    public ServerOptions withHost(String host) {
        return new ServerOptions(host, port, apiKey, modelName, limits);
    }

    /** The same on another port. */
    public ServerOptions withPort(int port) {
        return new ServerOptions(host, port, apiKey, modelName, limits);
    }

    /** The same for those who know a key. */
    public ServerOptions withApiKey(String apiKey) {
        return new ServerOptions(host, port, Optional.of(apiKey), modelName, limits);
    }

    /** The same with other limits. */
    public ServerOptions withLimits(Limits limits) {
        return new ServerOptions(host, port, apiKey, modelName, limits);
    }

    /**
     * The interface's address.
     *
     * @throws InvalidInputException if there is none of that name, the port is none, or others could reach the server and
     *     need no key
     */
    public InetAddress checkedAddress() {
        if (port < 0 || port > 65_535) {
            throw new InvalidInputException("--port is " + port + "; give 0 to 65535, 0 for any that is free.");
        }
        if (apiKey.isPresent() && apiKey.get().isBlank()) {
            throw new InvalidInputException("--api-key is empty; give a key, or leave it out.");
        }
        try {
            InetAddress address = InetAddress.getByName(host);
            if (!address.isLoopbackAddress() && apiKey.isEmpty()) {
                throw new InvalidInputException("--host " + host
                        + " lets other machines in, and no key is set; add --api-key KEY, or listen on 127.0.0.1.");
            }
            return address;
        } catch (UnknownHostException e) {
            throw new InvalidInputException(
                    "--host " + host + " is no address of this machine: " + e.getMessage() + ".", e);
        }
    }
}
