package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Operand;
import dev.gatun.ptx.syntax.Variable;
import dev.gatun.ptx.syntax.Variable.Initializer;
import dev.gatun.ptx.verify.PtxModule;
import dev.gatun.ptx.verify.Symbol;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The module-wide variables of one module on one machine: global memory, and the constant bank. */
final class ModuleMemory {
    private final Map<String, Symbol> symbols = new HashMap<>();
    private final Map<Symbol, Long> addresses = new HashMap<>();
    private final byte[] constants;

    ModuleMemory(PtxModule module, GlobalMemory memory) {
        int constantBytes = 0;
        for (Symbol symbol : module.symbols()) {
            symbols.put(symbol.variable().name(), symbol);
            if (symbol.space() == StateSpace.GLOBAL) {
                addresses.put(
                        symbol, memory.allocate(Math.max(1, symbol.variable().byteSize())));
            } else if (symbol.space() == StateSpace.CONST) {
                int alignment = symbol.variable().alignment();
                constantBytes = (constantBytes + alignment - 1) & -alignment;
                addresses.put(symbol, (long) constantBytes);
                constantBytes += Math.toIntExact(symbol.variable().byteSize());
            }
        }
        constants = new byte[constantBytes];
        for (Map.Entry<Symbol, Long> placed : addresses.entrySet()) {
            Symbol symbol = placed.getKey();
            byte[] image = image(symbol.variable());
            if (symbol.space() == StateSpace.CONST) {
                System.arraycopy(image, 0, constants, Math.toIntExact(placed.getValue()), image.length);
            } else if (image.length > 0) {
                memory.slice(placed.getValue(), image.length).copyFrom(MemorySegment.ofArray(image));
            }
        }
    }

    byte[] constants() {
        return constants;
    }

    /** The address of a global or constant variable in its own space. */
    long address(Symbol symbol) {
        Long address = addresses.get(symbol);
        if (address == null) {
            throw new PtxVerifyException(symbol.variable().position(), "'" + symbol + "' has no address");
        }
        return address;
    }

    long globalAddress(String name) {
        Symbol symbol = symbols.get(name);
        if (symbol == null || symbol.space() != StateSpace.GLOBAL) {
            throw new IllegalArgumentException("the module has no .global variable '" + name + "'");
        }
        return address(symbol);
    }

    /** The initial bytes; what is not initialised is zero, as the ISA promises. */
    private byte[] image(Variable variable) {
        ByteBuffer image =
                ByteBuffer.allocate(Math.toIntExact(variable.byteSize())).order(ByteOrder.LITTLE_ENDIAN);
        write(image, variable, variable.initializer(), 0, 0);
        return image.array();
    }

    private void write(
            ByteBuffer image, Variable variable, @Nullable Initializer initializer, int dimension, int offset) {
        switch (initializer) {
            case null -> {}
            case Initializer.Constant constant -> put(image, variable, constant.value(), offset);
            case Initializer.Group group -> {
                int stride = variable.type().byteSize();
                for (int d = dimension + 1; d < variable.dimensions().size(); d++) {
                    stride *= variable.dimensions().get(d);
                }
                stride *= dimension < variable.dimensions().size() ? variable.vector() : 1;
                for (int n = 0; n < group.values().size(); n++) {
                    write(image, variable, group.values().get(n), dimension + 1, offset + n * stride);
                }
            }
        }
    }

    private void put(ByteBuffer image, Variable variable, Operand value, int offset) {
        int width = variable.type().byteSize();
        if (offset + width > image.capacity()) {
            throw new PtxVerifyException(value.position(), "too many values for '" + variable.name() + "'");
        }
        long bits = switch (value) {
            case Operand.Int constant -> constant.value();
            case Operand.Real real ->
                width == 4 ? Float.floatToRawIntBits((float) real.value()) : Double.doubleToRawLongBits(real.value());
            case Operand.Name name -> {
                Symbol symbol = symbols.get(name.name());
                if (symbol == null) {
                    throw new PtxVerifyException(value.position(), "'" + name.name() + "' is not declared");
                }
                yield address(symbol) + name.offset();
            }
            default -> throw new PtxVerifyException(value.position(), "no constant");
        };
        for (int b = 0; b < width; b++) {
            image.put(offset + b, (byte) (bits >>> (8 * b)));
        }
    }
}
