package dev.gatun.runtime.template;

/** An error whose place is not known yet; {@link ChatTemplate} adds it and throws {@link TemplateException}. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Fault(String message) {
        super(message, null, false, false);
    }
}
