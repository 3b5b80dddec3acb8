package dev.gatun.bench.gpu;

import java.util.List;

/** One subject of the suite. */
public interface Part {

    /** One word, as {@code --parts} takes it. */
    String name();

    /** One letter, as the papers call it; {@code --parts} takes it too. */
    char letter();

    /** A headline. */
    String title();

    /** What, beside the stand and the build, the results depend on: options, files. */
    List<String> inputs();

    /** The cases on {@code stand}, in the order they run. Names are unique and say the shape. */
    List<Case> cases(Stand stand);
}
