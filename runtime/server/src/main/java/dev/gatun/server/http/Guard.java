package dev.gatun.server.http;

import dev.gatun.server.ApiException;
import dev.gatun.server.Exchange;
import dev.gatun.server.ServerOptions;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. Where the server listens on the loopback interface alone, a request must name that interface as its host: a page
 * of another site, whose name was made to point here, does not.
 */
final class Guard {
    private static final String BEARER = "bearer ";
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final boolean loopback;
    private final String host;
    private final Optional<byte[]> key;

    Guard(ServerOptions options, InetAddress address) {
        this.loopback = address.isLoopbackAddress();
        this.host = options.host().toLowerCase(Locale.ROOT);
        this.key = options.apiKey().map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Lets a request pass.
     *
     * @param open whether its path needs no key
     * @throws ApiException 403 if its host or origin is another's, 401 if the key is not shown
     */
    void check(Exchange exchange, boolean open) {
        exchange.header("host").ifPresent(name -> requireOurs("Host", hostOf("//" + name)));
        exchange.header("origin").ifPresent(origin -> requireOurs("Origin", hostOf(origin)));
        if (!open && key.isPresent() && !shows(exchange, key.get())) {
            throw new ApiException(
                    401,
                    "invalid_request_error",
                    null,
                    "invalid_api_key",
                    "The key is missing or wrong; send it as the header Authorization: Bearer KEY.");
        }
    }

    private void requireOurs(String header, @Nullable String name) {
        if (loopback && (name == null || !(LOOPBACK_NAMES.contains(name) || name.equals(host)))) {
            throw new ApiException(
                    403,
                    "invalid_request_error",
                    null,
                    "forbidden",
                    "The header " + header + " names another host; this server answers on " + host + " only.");
        }
    }

    private static @Nullable String hostOf(String uri) {
        try {
            String name = new URI(uri).getHost();
            return name == null ? null : name.toLowerCase(Locale.ROOT);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static boolean shows(Exchange exchange, byte[] key) {
        String shown = exchange.header("authorization").orElse("");
        return shown.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && MessageDigest.isEqual( // in a time that does not tell how much of it is right
                        shown.substring(BEARER.length()).trim().getBytes(StandardCharsets.UTF_8), key);
    }
}
