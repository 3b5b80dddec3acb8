package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.ptx.TestKernel;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Instructions that hand something to the next, or have two results. */
class CarryTest {
    private static BigInteger unsigned(int... words) {
        BigInteger value = BigInteger.ZERO;
        for (int n = words.length - 1; n >= 0; n--) {
            value = value.shiftLeft(32).or(BigInteger.valueOf(Integer.toUnsignedLong(words[n])));
        }
        return value;
    }

    @Test
    void chainsOfCarriesMakeWideArithmetic() {
        String body = """
                ld.global.v4.u32 {%r0, %r1, %r2, %r3}, [%in];
                mul.lo.u32 %r10, %r0, %r2; mul.hi.u32 %r11, %r0, %r2;
                mad.lo.cc.u32 %r11, %r0, %r3, %r11; madc.hi.u32 %r12, %r0, %r3, 0;
                mad.lo.cc.u32 %r11, %r1, %r2, %r11; madc.hi.cc.u32 %r12, %r1, %r2, %r12; addc.u32 %r13, 0, 0;
                mad.lo.cc.u32 %r12, %r1, %r3, %r12; madc.hi.u32 %r13, %r1, %r3, %r13;
                add.cc.u32 %r14, %r0, %r2; addc.cc.u32 %r15, %r1, %r3; addc.u32 %r16, 0, 0;
                sub.cc.u32 %r17, %r0, %r2; subc.u32 %r18, %r1, %r3;
                st.global.v4.u32 [%out], {%r10, %r11, %r12, %r13}; st.global.v4.u32 [%out+16], {%r14, %r15, %r16, %r17};
                st.global.u32 [%out+32], %r18;
                """;
        Random random = new Random(2);
        for (int round = 0; round < 50; round++) {
            int[] in = random.ints(4)
                    .map(word -> random.nextInt(3) == 0 ? -1 : word)
                    .toArray();
            int[] out = TestKernel.run(body, 1, in, 9);
            BigInteger a = unsigned(in[0], in[1]);
            BigInteger b = unsigned(in[2], in[3]);
            assertEquals(a.multiply(b), unsigned(out[0], out[1], out[2], out[3]));
            assertEquals(a.add(b), unsigned(out[4], out[5], out[6]));
            assertEquals(a.subtract(b).mod(BigInteger.ONE.shiftLeft(64)), unsigned(out[7], out[8]));
        }
    }

    @Test
    void pairsOfPredicatesAreBothSet() {
        int[] out = TestKernel.run("""
                .shared .u32 box; mov.u32 %r0, 0x40003C00; mov.u32 %r1, 0x3C004000; mov.u32 %r9, 0;
                setp.gt.f16x2 %p0|%p1, %r0, %r1; selp.u32 %r2, 1, 0, %p0; selp.u32 %r3, 1, 0, %p1;
                mov.u32 %r0, 0x40003F80; mov.u32 %r1, 0x3F804000;
                setp.gt.bf16x2 %p0|%p1, %r0, %r1; selp.u32 %r4, 1, 0, %p0; selp.u32 %r5, 1, 0, %p1;
                setp.lt.u32 %p0|%p1, %r9, 1; selp.u32 %r6, 1, 0, %p0; selp.u32 %r7, 1, 0, %p1;
                lop3.or.b32 %r14|%p0, %r9, %r9, %r9, 0x00, %p1; selp.u32 %r15, 1, 0, %p0;
                lop3.or.b32 %r14|%p0, %r9, %r9, %r9, 0xFF, %p1; selp.u32 %r16, 1, 0, %p0;
                mov.u32 %r0, 0x40003C00; mov.u32 %r1, 0x3C004000; setp.eq.u32 %p6, %r9, 0;
                setp.lt.and.f16x2 %p0|%p1, %r0, %r1, %p6; selp.u32 %r17, 1, 0, %p0; selp.u32 %r18, 1, 0, %p1;
                elect.sync %r8|%p2, -1; selp.u32 %r10, 1, 0, %p2;
                mov.u64 %d0, box; cvta.shared.u64 %d1, %d0; isspacep.shared %p3, %d1; isspacep.global %p4, %d1;
                selp.u32 %r11, 1, 0, %p3; selp.u32 %r12, 1, 0, %p4; isspacep.global %p5, %in; selp.u32 %r13, 1, 0, %p5;
                st.global.v4.u32 [%out], {%r2, %r3, %r4, %r5}; st.global.v4.u32 [%out+16], {%r6, %r7, %r10, %r11};
                st.global.v2.u32 [%out+32], {%r12, %r13}; st.global.v2.u32 [%out+40], {%r15, %r16};
                st.global.v2.u32 [%out+48], {%r17, %r18};
                """, 1, new int[1], 14);
        assertArrayEquals(new int[] {0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0}, out);
    }
}
