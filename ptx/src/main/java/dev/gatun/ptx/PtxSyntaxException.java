package dev.gatun.ptx;

/** The text is not PTX; the message begins with {@code line:column}. */
public final class PtxSyntaxException extends PtxException {
    private static final long serialVersionUID = 1;

    private final transient Position position;

    public PtxSyntaxException(Position position, String message) {
        super(position + ": " + message);
        this.position = position;
    }

    public Position position() {
        return position;
    }
}
