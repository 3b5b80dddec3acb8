package dev.gatun.kernels.cpu.asm;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one instruction in one form (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2,
 * chapter 2: REX, VEX and EVEX prefixes, ModRM, SIB, compressed displacements).
 */
final class Encoder {
    private final Form form;
    private final Instruction instruction;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final int reg; // number of the register in ModRM.reg, or the opcode's extension
    private final int vvvv;
    private final int rm; // number of the register in ModRM.rm, if it is one
    private final Operand.@Nullable Memory memory;

    private Encoder(Form form, Instruction instruction) {
        this.form = form;
        this.instruction = instruction;
        this.reg = form.extension() >= 0 ? form.extension() : number('r');
        this.vvvv = number('v');
        int place = form.operand('m');
        Operand operand = place < 0 ? null : instruction.operands().get(place);
        this.memory = operand instanceof Operand.Memory m ? m : null;
        this.rm = operand instanceof Operand.Register r ? r.number() : 0;
    }

    static byte[] encode(Form form, Instruction instruction) {
        Encoder encoder = new Encoder(form, instruction);
        switch (form.encoding()) {
            case LEGACY -> encoder.legacy();
            case VEX -> encoder.vex();
            case EVEX -> encoder.evex();
            case JUMP -> throw new IllegalArgumentException("jumps are encoded when all places are known");
        }
        encoder.number();
        return encoder.out.toByteArray();
    }

    private int number(char role) {
        int place = form.operand(role);
        return place >= 0 && instruction.operands().get(place) instanceof Operand.Register r ? r.number() : 0;
    }

    private boolean hasModRm() {
        return form.operand('m') >= 0;
    }

    private static int bit(int number, int index) {
        return (number >> index) & 1;
    }

    private int base() {
        return memory == null ? rm : memory.base() == null ? 0 : memory.base().number();
    }

    private int index() {
        return memory == null || memory.at() == null ? 0 : memory.at().number();
    }

    private void opcode(int opcode) {
        if (opcode > 0xffff) {
            out.write(opcode >> 16);
        }
        if (opcode > 0xff) {
            out.write(opcode >> 8);
        }
        out.write(opcode);
    }

    private void legacy() {
        int low = number('o');
        int rex = (form.wide() ? 8 : 0) | bit(reg, 3) << 2 | bit(index(), 3) << 1 | bit(hasModRm() ? base() : low, 3);
        if (rex != 0) {
            out.write(0x40 | rex);
        }
        opcode(form.opcode() + (low & 7));
        if (hasModRm()) {
            modRm(reg, 1);
        }
    }

    private void vex() {
        boolean swaps = form.swapped() >= 0 && memory == null && rm >= 8 && reg < 8;
        int inReg = swaps ? rm : reg;
        int inRm = swaps ? reg : base();
        int low = (~vvvv & 15) << 3 | (form.length() == 32 ? 4 : 0) | form.prefix();
        if (form.map() == 1 && !form.wide() && bit(index(), 3) == 0 && bit(inRm, 3) == 0) {
            out.write(0xc5);
            out.write((~bit(inReg, 3) & 1) << 7 | low);
        } else {
            out.write(0xc4);
            out.write((~bit(inReg, 3) & 1) << 7 | (~bit(index(), 3) & 1) << 6 | (~bit(inRm, 3) & 1) << 5 | form.map());
            out.write((form.wide() ? 0x80 : 0) | low);
        }
        opcode(swaps ? form.swapped() : form.opcode());
        if (swaps) {
            out.write(0xc0 | (inReg & 7) << 3 | (inRm & 7));
        } else if (hasModRm()) {
            modRm(reg, 1);
        }
    }

    private void evex() {
        boolean broadcast = memory != null && memory.broadcast() != 0;
        int x = memory == null ? bit(rm, 4) : bit(index(), 3);
        out.write(0x62);
        out.write((~bit(reg, 3) & 1) << 7
                | (~x & 1) << 6
                | (~bit(base(), 3) & 1) << 5
                | (~bit(reg, 4) & 1) << 4
                | form.map());
        out.write((form.wide() ? 0x80 : 0) | (~vvvv & 15) << 3 | 4 | form.prefix());
        out.write((instruction.zeroing() ? 0x80 : 0)
                | (form.length() / 32) << 5
                | (broadcast ? 0x10 : 0)
                | (~bit(vvvv, 4) & 1) << 3
                | instruction.mask());
        opcode(form.opcode());
        int byteSize = form.operands().get(form.operand('m')).memoryByteSize();
        modRm(reg, broadcast ? Pattern.BROADCAST_BYTES : Math.max(1, byteSize));
    }

    /** ModRM, SIB and displacement; a displacement of one byte counts units of {@code unit} bytes. */
    private void modRm(int reg, int unit) {
        int middle = (reg & 7) << 3;
        if (memory == null) {
            out.write(0xc0 | middle | (rm & 7));
            return;
        }
        int displacement = memory.displacement();
        boolean hasBase = memory.base() != null;
        boolean hasSib = memory.at() != null || !hasBase || (base() & 7) == 4;
        boolean fitsByte = displacement % unit == 0 && displacement / unit == (byte) (displacement / unit);
        int mode;
        if (!hasBase || (displacement == 0 && (base() & 7) != 5)) {
            mode = 0;
        } else {
            mode = fitsByte ? 1 : 2;
        }
        out.write(mode << 6 | middle | (hasSib ? 4 : base() & 7));
        if (hasSib) {
            int scale = Integer.numberOfTrailingZeros(memory.scale());
            int indexBits = memory.at() == null ? 4 : index() & 7;
            out.write(scale << 6 | indexBits << 3 | (hasBase ? base() & 7 : 5));
        }
        if (mode == 1) {
            out.write(displacement / unit);
        } else if (mode == 2 || !hasBase) {
            little(displacement, 4);
        }
    }

    private void number() {
        int place = form.operand('i');
        if (place >= 0 && instruction.operands().get(place) instanceof Operand.Immediate immediate) {
            Pattern.Range number = form.operands().get(place).number();
            little(immediate.value(), number == null ? 0 : number.byteSize());
        }
    }

    private void little(long value, int byteSize) {
        for (int i = 0; i < byteSize; i++) {
            out.write((int) (value >> (8 * i)));
        }
    }
}
