package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;

/**
 * A thread at an instruction.
 *
 * @param line of the PTX text
 * @param text of the instruction
 */
public record Place(int line, String text, String thread, int warp, int lane, String block) {
    static Place of(Step step, Warp warp, int lane) {
        return of(step, warp.block(), warp.index(), lane);
    }

    static Place of(Step step, dev.gatun.ptx.exec.Block block, int warp, int lane) {
        return of(step, block, block.index(), warp, lane);
    }

    static Place of(Step step, dev.gatun.ptx.exec.Block block, long blockIndex, int warp, int lane) {
        return new Place(
                step.line(),
                step.text(),
                block.blockSize().describe(warp * 32L + lane),
                warp,
                lane,
                block.gridSize().describe(blockIndex));
    }
}
