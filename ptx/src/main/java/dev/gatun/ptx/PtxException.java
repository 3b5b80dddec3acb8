package dev.gatun.ptx;

/** Something is wrong with PTX text, or with what a running kernel did. */
public abstract sealed class PtxException extends RuntimeException
        permits PtxSyntaxException, PtxVerifyException, PtxFault {
    private static final long serialVersionUID = 1;

    PtxException(String message) {
        super(message);
    }
}
