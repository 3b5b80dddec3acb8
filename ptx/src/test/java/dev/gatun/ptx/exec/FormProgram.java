package dev.gatun.ptx.exec;

/** A tiny kernel that exists to execute one form of an instruction, and knows by the ISA what must come out. */
interface FormProgram {
    /** Whether the kernel exists for the sake of this instruction, written {@code opcode.modifier.modifier}. */
    boolean isAbout(String mnemonic);

    /** Runs the kernel and asserts its results. */
    void check(LaunchOptions options);
}
