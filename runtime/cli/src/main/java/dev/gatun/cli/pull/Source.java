package dev.gatun.cli.pull;

import java.io.IOException;
import java.nio.file.Path;

/** A place a model's file can be fetched from. */
interface Source {

    /** For messages. */
    String name();

    /**
     * Fetches the file into {@code part}, going on after what is already there where that is possible. Whether the bytes
     * are right is checked by the caller.
     *
     * @throws IOException saying in a few words why this source has failed
     */
    void fetch(CatalogueEntry entry, Path part, ProgressDisplay display) throws IOException, InterruptedException;
}
