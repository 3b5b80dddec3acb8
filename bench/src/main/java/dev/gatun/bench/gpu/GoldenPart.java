package dev.gatun.bench.gpu;

import dev.gatun.bench.golden.Tile;
import dev.gatun.bench.golden.TileProgram;
import dev.gatun.bench.golden.TilePrograms;
import dev.gatun.cuda.CudaGpu;
import dev.gatun.runtime.MissingCapabilityException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Records what the device makes of single instructions, one file each under {@code golden/}, and holds the PTX machine against
 * it at once.
 */
public final class GoldenPart implements Part {
    private final ResultFolder folder;

    public GoldenPart(ResultFolder folder) {
        this.folder = folder;
    }

    @Override
    public String name() {
        return "golden";
    }

    @Override
    public char letter() {
        return 'c';
    }

    @Override
    public String title() {
        return "Golden tiles: single instructions, recorded";
    }

    @Override
    public List<String> inputs() {
        return TilePrograms.all().stream().map(TileProgram::text).toList();
    }

    @Override
    public List<Case> cases(Stand stand) {
        return TilePrograms.all().stream()
                .map(program -> Case.of(program.name(), budget -> record(stand, program)))
                .toList();
    }

    private Row record(Stand stand, TileProgram program) {
        int capability = stand.graphics().map(CudaGpu::computeCapability).orElse(Integer.MAX_VALUE);
        if (capability < program.capability()) {
            throw new MissingCapabilityException(
                    "needs compute capability " + program.capability() / 10 + "." + program.capability() % 10);
        }
        Tile tile = Tile.record(
                program, stand.device(), stand.hasClock(), stand.environment().json());
        try {
            tile.write(folder.path().resolve("golden"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the tile " + program.name(), e);
        }
        int differences = tile.replay();
        String note = stand.hasClock()
                ? differences + " of " + tile.outputs().length + " words of the PTX machine differ, "
                        + program.agreement()
                : "recorded on the PTX machine itself: no golden tile";
        return Row.check(program.name(), differences == 0, note);
    }
}
