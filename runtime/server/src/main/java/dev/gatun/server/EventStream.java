package dev.gatun.server;

/** An answer that goes out piece by piece. Any thread may send; one event goes after the other. */
public interface EventStream {

    /**
     * Sends one event; waits while the client does not read.
     *
     * @param data one line
     * @return whether the client is still there; false also when it left the stream unread for too long, which ends it
     */
    boolean send(String data);

    /** Ends the answer. */
    void end();
}
