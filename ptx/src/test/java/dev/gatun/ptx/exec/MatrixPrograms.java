package dev.gatun.ptx.exec;

import java.util.ArrayList;
import java.util.List;

/**
 * A product for every form of {@code mma}, with small whole numbers, so that any order of summation is exact.
 *
 * <p>Which element a register holds is written out from the figures of the ISA, section "Matrix fragments for mma".
 */
final class MatrixPrograms {
    /** A form: its shape, the modifiers after {@code row.col}, and the element types they mean. */
    private record Product(String shape, String types, String a, String b, String sum, boolean saturates) {
        int rows() {
            return shape.startsWith("m16") ? 16 : 8;
        }

        int depth() {
            return Integer.parseInt(shape.substring(shape.indexOf('k') + 1));
        }

        /** Elements of A, B or C that one lane holds. */
        int held(int elements) {
            return elements / Warp.LANES;
        }

        int rowOfA(int element, int lane) {
            int perRow = elementsPerRegister(a);
            return lane / 4 + (rows() == 16 && element / perRow % 2 == 1 ? 8 : 0);
        }

        int columnOfA(int element, int lane) {
            int perRow = elementsPerRegister(a);
            return perRow * (lane % 4) + element % perRow + element / perRow / (rows() / 8) * 4 * perRow;
        }

        int rowOfB(int element, int lane) {
            int perColumn = elementsPerRegister(b);
            return perColumn * (lane % 4) + element % perColumn + element / perColumn * 4 * perColumn;
        }
    }

    private static final int COLUMNS = 8;

    private MatrixPrograms() {}

    static List<FormProgram> all() {
        List<Product> products = new ArrayList<>();
        products.add(new Product("m16n8k8", "f32.f16.f16.f32", "f16", "f16", "f32", false));
        products.add(new Product("m16n8k8", "f16.f16.f16.f16", "f16", "f16", "f16", false));
        products.add(new Product("m16n8k16", "f32.f16.f16.f32", "f16", "f16", "f32", false));
        products.add(new Product("m16n8k16", "f16.f16.f16.f16", "f16", "f16", "f16", false));
        products.add(new Product("m16n8k8", "f32.bf16.bf16.f32", "bf16", "bf16", "f32", false));
        products.add(new Product("m16n8k16", "f32.bf16.bf16.f32", "bf16", "bf16", "f32", false));
        products.add(new Product("m16n8k4", "f32.tf32.tf32.f32", "f32", "f32", "f32", false));
        products.add(new Product("m16n8k8", "f32.tf32.tf32.f32", "f32", "f32", "f32", false));
        products.add(new Product("m8n8k4", "f64.f64.f64.f64", "f64", "f64", "f64", false));
        for (String shape : List.of("m8n8k16", "m16n8k16", "m16n8k32")) {
            for (String a : List.of("u8", "s8")) {
                for (String b : List.of("u8", "s8")) {
                    products.add(new Product(shape, "s32." + a + "." + b + ".s32", a, b, "s32", false));
                    products.add(new Product(shape, "satfinite.s32." + a + "." + b + ".s32", a, b, "s32", true));
                }
            }
        }
        for (String a : List.of("e4m3", "e5m2")) {
            for (String b : List.of("e4m3", "e5m2")) {
                products.add(new Product("m16n8k32", "f32." + a + "." + b + ".f32", a, b, "f32", false));
            }
        }
        return products.stream().map(MatrixPrograms::program).toList();
    }

    static int elementsPerRegister(String type) {
        return switch (type) {
            case "f16", "bf16" -> 2;
            case "u8", "s8", "e4m3", "e5m2" -> 4;
            default -> 1;
        };
    }

    static int a(int row, int k, String type) {
        int value = (3 * row + 5 * k) % 7;
        return type.equals("u8") ? value + 120 : value - 3;
    }

    static int b(int k, int column, String type) {
        int value = (2 * k + 3 * column) % 5;
        return type.equals("u8") ? value + 130 : value - 2;
    }

    /** Where the sum saturates, addends near both ends of its range. */
    static int c(int row, int column, boolean saturates) {
        int end = column % 2 == 0 ? Integer.MAX_VALUE - 100 : Integer.MIN_VALUE + 100;
        return saturates ? end : 10 * row - 7 * column;
    }

    private static int sum(Product product, int row, int column) {
        long sum = c(row, column, product.saturates());
        for (int k = 0; k < product.depth(); k++) {
            sum += (long) a(row, k, product.a()) * b(k, column, product.b());
        }
        return product.saturates() ? Math.clamp(sum, Integer.MIN_VALUE, Integer.MAX_VALUE) : (int) sum;
    }

    /** The bits of a whole number in a type. */
    static long bits(int value, String type) {
        return switch (type) {
            case "u8", "s8" -> value & 0xFF;
            case "s32" -> value & 0xFFFF_FFFFL;
            case "f16" -> Float.floatToFloat16(value) & 0xFFFF;
            case "bf16" -> Float.floatToRawIntBits(value) >>> 16;
            case "f32" -> Float.floatToRawIntBits(value) & 0xFFFF_FFFFL;
            case "f64" -> Double.doubleToRawLongBits(value);
            case "e4m3" -> eightBits(value, 3, 7);
            case "e5m2" -> eightBits(value, 2, 15);
            default -> throw new IllegalArgumentException(type);
        };
    }

    /** A whole number from -3 to 3 as an 8-bit float. */
    private static int eightBits(int value, int fractionBits, int bias) {
        int magnitude = Math.abs(value);
        int exponent = magnitude < 2 ? 0 : 1;
        int code = magnitude == 0
                ? 0
                : (exponent + bias) << fractionBits | (magnitude - (1 << exponent)) << (fractionBits - exponent);
        return code | (value < 0 ? 0x80 : 0);
    }

    /** Packs elements into 32-bit words, the first one lowest. */
    private static List<Integer> words(List<Long> elements, String type) {
        int width = type.equals("f64") ? 64 : 32 / elementsPerRegister(type);
        List<Integer> words = new ArrayList<>();
        long word = 0;
        int filled = 0;
        for (long element : elements) {
            word |= element << filled;
            filled += width;
            if (filled >= 32) {
                words.add((int) word);
                if (filled == 64) {
                    words.add((int) (word >>> 32));
                }
                word = 0;
                filled = 0;
            }
        }
        return words;
    }

    private static FormProgram program(Product product) {
        int aCount = product.held(product.rows() * product.depth());
        int bCount = product.held(product.depth() * COLUMNS);
        int cCount = product.held(product.rows() * COLUMNS);
        List<List<Integer>> lanes = new ArrayList<>();
        List<List<Integer>> sums = new ArrayList<>();
        for (int lane = 0; lane < Warp.LANES; lane++) {
            List<Long> as = new ArrayList<>();
            List<Long> bs = new ArrayList<>();
            List<Long> cs = new ArrayList<>();
            List<Long> ds = new ArrayList<>();
            for (int e = 0; e < aCount; e++) {
                int value = a(product.rowOfA(e, lane), product.columnOfA(e, lane), product.a());
                as.add(bits(value, product.a()));
            }
            for (int e = 0; e < bCount; e++) {
                bs.add(bits(b(product.rowOfB(e, lane), lane / 4, product.b()), product.b()));
            }
            for (int e = 0; e < cCount; e++) {
                int row = lane / 4 + 8 * (e / 2);
                int column = 2 * (lane % 4) + e % 2;
                cs.add(bits(c(row, column, product.saturates()), product.sum()));
                ds.add(bits(sum(product, row, column), product.sum()));
            }
            List<Integer> fragment = new ArrayList<>(words(as, product.a()));
            fragment.addAll(words(bs, product.b()));
            fragment.addAll(words(cs, product.sum()));
            lanes.add(fragment);
            sums.add(words(ds, product.sum()));
        }
        String instruction = "mma.sync.aligned." + product.shape() + ".row.col." + product.types();
        String body = body(product, instruction, lanes.get(0).size(), aCount, bCount, cCount);
        int[] input =
                lanes.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
        int[][] expected = new int[sums.get(0).size()][Warp.LANES];
        for (int lane = 0; lane < Warp.LANES; lane++) {
            for (int r = 0; r < expected.length; r++) {
                expected[r][lane] = sums.get(lane).get(r);
            }
        }
        return TinyKernel.ofWarp(instruction, body, expected, input);
    }

    private static String body(Product product, String instruction, int words, int aCount, int bCount, int cCount) {
        StringBuilder text = new StringBuilder("mad.wide.u32 %d15, %t, " + 4 * words + ", %in;\n");
        StringBuilder operands = new StringBuilder();
        int at = 0;
        int number = 0;
        String[] types = {product.a(), product.b(), product.sum()};
        int[] counts = {aCount, bCount, cCount};
        String sums = "";
        for (int matrix = 0; matrix < 3; matrix++) {
            String type = types[matrix];
            boolean isFloat = matrix == 2 && type.equals("f32");
            String bank = type.equals("f64") ? "g" : isFloat ? "f" : "r";
            String load = type.equals("f64") ? "f64" : isFloat ? "f32" : "b32";
            List<String> registers = new ArrayList<>();
            for (int r = 0; r < counts[matrix] / elementsPerRegister(type); r++) {
                String register = "%" + bank + (4 + number++);
                registers.add(register);
                text.append("ld.global.").append(load).append(' ').append(register);
                text.append(", [%d15+").append(at).append("]; ");
                at += type.equals("f64") ? 8 : 4;
            }
            sums = "{" + String.join(", ", registers) + "}";
            operands.append(", ").append(sums);
        }
        text.append('\n')
                .append(instruction)
                .append(' ')
                .append(sums)
                .append(operands)
                .append(";\n");
        String[] results = sums.substring(1, sums.length() - 1).split(", ", -1);
        for (int r = 0; r < results.length; r++) {
            text.append(
                    product.sum().equals("f64")
                            ? "mov.b64 {%r" + 2 * r + ", %r" + (2 * r + 1) + "}, " + results[r] + "; "
                            : "mov.b32 %r" + r + ", " + results[r] + "; ");
        }
        return text.toString();
    }
}
