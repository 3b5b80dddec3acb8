package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.TextDevice;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.count.TensorKind;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.Watcher;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The wgmma rung under every check of the machine, near the definition at awkward shapes, and where it is chosen. */
class WarpgroupTileTest {
    private static final int HOPPER = 90;

    private static void ask(Question question, LaunchOptions options) {
        assertEquals(0, question.excess(question.answer(VmDevice.open(options, HOPPER))), question::what);
    }

    @ParameterizedTest
    @CsvSource({"F16, forward", "BF16, reverse", "F16, random(3)"})
    void isCleanAndNearTheDefinition(DType type, String order) {
        int[][] shapes = {{65, 7, 1}, {65, 65, 33}, {70, 207, 31}, {129, 33, 130}, {207, 136, 7}};
        for (int[] shape : shapes) {
            Checker checker = Checker.all();
            LaunchOptions options = LaunchOptions.DEFAULT.withOrder(order).withWatcher(checker);
            Product product = new Product(type, shape[0], shape[1], shape[2], shape[2] % 2 == 1);
            ask(product.rounded("[" + shape[0] + "][" + shape[1] + "] x " + shape[2]), options);
            checker.assertClean();
        }
    }

    /** Integers are exact whatever the order of sums; copies that come early give the same bits. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void isExactForIntegersAndKeepsInfinitiesApart(DType type) {
        Product exact = new Product(type, 130, 207, 131, true);
        ask(exact.exact("late copies", Activations.F32, true), LaunchOptions.DEFAULT);
        ask(exact.exact("early copies", Activations.F32, true), LaunchOptions.DEFAULT.withLateCopies(false));
        ask(new Product(type, 70, 69, 75, true).isolated("an infinite row"), LaunchOptions.DEFAULT);
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void countsWholeTilesWithoutBankConflicts(DType type) {
        Counters counters = new Counters();
        Product product = new Product(type, 128, 256, 128, false);
        ask(product.rounded("one block"), LaunchOptions.DEFAULT.withWatcher(Watcher.of(counters)));
        assertEquals(128L * 256 * 128, counters.multiplyAdds(TensorKind.F16));
        assertEquals(0, counters.shared().bankConflicts());
    }

    @ParameterizedTest
    @CsvSource({
        "90, 65, matmul_tile_sm90a_f16",
        "90, 64, matmul_tile_f16",
        "0, 65, matmul_tile_f16",
        "100, 65, matmul_tile_f16"
    })
    void isChosenByChipAndRows(int architecture, int rows, String kernel) {
        TextDevice device = new TextDevice(architecture);
        try (GpuBackend gpu = new GpuBackend(device, Activations.F32, true);
                Arena arena = Arena.ofShared()) {
            Tensor weight = gpu.weights(arena, DType.F16, 3, 8, Twins.weights(DType.F16, 3, 8, 1));
            Tensor x = gpu.allocate(arena, DType.F32, rows, 8);
            gpu.matmul(x, weight, null, gpu.allocate(arena, DType.F32, rows, 3));
        }
        assertEquals(List.of(kernel), device.launched());
    }
}
