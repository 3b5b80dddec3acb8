package dev.gatun.ptx.exec;

import dev.gatun.ptx.verify.SpecialRegister;

/** The clocks: instructions executed by the grid as cycles, and the host's nanoseconds. */
final class ReadClock extends Step {
    private final SpecialRegister register;
    private final int destination;

    ReadClock(SpecialRegister register, int destination) {
        this.register = register;
        this.destination = destination;
    }

    @Override
    void run(Warp warp, int mask) {
        long cycles = warp.block.launch.stepCount();
        long value = switch (register) {
            case CLOCK -> cycles & 0xFFFF_FFFFL;
            case CLOCK_HI -> cycles >>> 32;
            case CLOCK64 -> cycles;
            case GLOBALTIMER -> System.nanoTime();
            case GLOBALTIMER_LO -> System.nanoTime() & 0xFFFF_FFFFL;
            default -> System.nanoTime() >>> 32;
        };
        long[] out = warp.l[destination];
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                out[n] = value;
            }
        }
    }
}
