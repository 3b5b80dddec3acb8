package dev.gatun.cuda;

/**
 * How the driver's compiler treats PTX text.
 *
 * @param maxRegisters most registers of a thread; 0 leaves it to the compiler
 * @param lineInfo whether the code keeps the text's line numbers, for profilers
 */
public record ModuleOptions(int maxRegisters, boolean lineInfo) {
    /** What the text says, and no more. */
    public static final ModuleOptions DEFAULTS = new ModuleOptions(0, false);

    public ModuleOptions {
        if (maxRegisters < 0 || maxRegisters > 255) {
            throw new IllegalArgumentException("a thread has at most 255 registers: maxRegisters=" + maxRegisters);
        }
    }
}
