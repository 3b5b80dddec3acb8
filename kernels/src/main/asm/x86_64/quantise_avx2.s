# quantise_avx2: float32 rows to int8 codes in groups of 32, as quantise.s does it, without AVX-512.
#
#   most = max_c |x[c]|,  xcode[c] = round(x[c] * (127 / most)),  xscale = most / 127,  xsum = xscale * float(sum xcode)
#   a group with 127 / most infinite: all 0;  with a number that is not finite: xscale NaN
#
# quantise
# Takes:    rdi = block of 64-bit fields: 0 x (first row)   8 input (tile)   16 groups, >= 1   24 rows, 1 to 8
#                 32 bytes of an x row
# Shapes:   input [group]: codes [8][32] s8, xscale [8] f32, xsum [8] f32, -sum of codes [8] s32, 32 bytes
# Rounding: codes to nearest even, divisions and products to nearest; the same bits as quantise.s.
# Traffic:  4 bytes read and 1.4 written a number.
.intel_syntax noprefix
.text

.equ args, rdi
.equ x, rsi
.equ group, r8                   # of the tile
.equ code, r9
.equ number, r10                 # xscale of this row and group
.equ x_row, rdx
.equ row, r11
.equ TILE_BYTES, 384

# The lane-wise operation on all 8 lanes of ymm\v, to lane 0; uses ymm\w.
.macro fold operation, v, w
    vextracti128 xmm\w, ymm\v, 1
    \operation xmm\v, xmm\v, xmm\w
    vpshufd xmm\w, xmm\v, 0x4e
    \operation xmm\v, xmm\v, xmm\w
    vpshufd xmm\w, xmm\v, 0xb1
    \operation xmm\v, xmm\v, xmm\w
.endm

.globl quantise
quantise:
    mov eax, 0x7fffffff
    vmovd xmm15, eax
    vpbroadcastd ymm15, xmm15
    mov eax, 0x42fe0000          # 127
    vmovd xmm14, eax
    vpxor xmm13, xmm13, xmm13
    mov x_row, [args]
    xor r11d, r11d
next_row:
    mov x, x_row
    mov group, [args + 8]
    mov rcx, [args + 16]
next_group:
    mov code, row
    shl code, 5
    add code, group
    lea number, [group + row*4 + 256]
    vmovups ymm0, [x]
    vmovups ymm1, [x + 32]
    vmovups ymm2, [x + 64]
    vmovups ymm3, [x + 96]
    # As integers, magnitudes are ordered as numbers are, and NaN is the greatest.
    vpand ymm4, ymm0, ymm15
    vpand ymm5, ymm1, ymm15
    vpand ymm6, ymm2, ymm15
    vpand ymm7, ymm3, ymm15
    vpmaxud ymm4, ymm4, ymm5
    vpmaxud ymm6, ymm6, ymm7
    vpmaxud ymm4, ymm4, ymm6
    fold vpmaxud, 4, 5
    vdivss xmm5, xmm14, xmm4
    vmovd eax, xmm5
    cmp eax, 0x7f800000
    je tiny
    vbroadcastss ymm5, xmm5
.irp i, 0, 1, 2, 3
    vmulps ymm\i, ymm\i, ymm5
    vcvtps2dq ymm\i, ymm\i
.endr
    vpackssdw ymm8, ymm0, ymm1   # within 128 bits: 0-3 8-11, 4-7 12-15
    vpackssdw ymm9, ymm2, ymm3
    vpacksswb ymm8, ymm8, ymm9   # quads 0 2 4 6, 1 3 5 7
    vextracti128 xmm9, ymm8, 1
    vpunpckldq xmm10, xmm8, xmm9
    vpunpckhdq xmm11, xmm8, xmm9
    vmovdqu [code], xmm10
    vmovdqu [code + 16], xmm11
    vpaddd ymm0, ymm0, ymm1
    vpaddd ymm2, ymm2, ymm3
    vpaddd ymm0, ymm0, ymm2
    fold vpaddd, 0, 1
    vdivss xmm6, xmm4, xmm14
    vmulss xmm7, xmm4, xmm13     # NaN for an infinite magnitude
    vaddss xmm6, xmm6, xmm7
    vcvtdq2ps xmm8, xmm0
    vmulss xmm8, xmm8, xmm6
    vpsubd xmm9, xmm13, xmm0
    vmovss [number], xmm6
    vmovss [number + 32], xmm8
    vmovd [number + 64], xmm9
    jmp group_done
tiny:
    vmovdqu [code], xmm13
    vmovdqu [code + 16], xmm13
    vmovss [number], xmm13
    vmovss [number + 32], xmm13
    vmovss [number + 64], xmm13
group_done:
    add x, 128
    add group, TILE_BYTES
    dec rcx
    jnz next_group
    add x_row, [args + 32]
    inc row
    cmp row, [args + 24]
    jl next_row
    vzeroupper
    ret
