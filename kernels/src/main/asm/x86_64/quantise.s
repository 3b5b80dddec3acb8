# quantise: float32 rows to int8 codes in groups of 32, as the products read them.
#
#   most = max_c |x[c]|,  xcode[c] = round(x[c] * (127 / most)),  xscale = most / 127,  xsum = xscale * float(sum xcode)
#   a group with 127 / most infinite: all 0;  with a number that is not finite: xscale NaN
#
# Takes:    rdi = block of 64-bit fields: 0 x (first row)   8 input (tile)   16 groups, >= 1   24 rows, 1 to 8
#                 32 bytes of an x row
# Shapes:   input [group]: codes [8][32] s8, xscale [8] f32, xsum [8] f32, -sum of codes [8] s32, 32 bytes
# Rounding: codes to nearest even, divisions and products to nearest.
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

# The lane-wise operation on all 16 lanes of zmm\v, to lane 0; uses zmm\w.
.macro fold operation, v, w
    vextracti64x4 ymm\w, zmm\v, 1
    \operation ymm\v, ymm\v, ymm\w
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
    vpbroadcastd zmm15, eax
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
    vmovups zmm0, [x]
    vmovups zmm1, [x + 64]
    # As integers, magnitudes are ordered as numbers are, and NaN is the greatest.
    vpandd zmm2, zmm0, zmm15
    vpandd zmm3, zmm1, zmm15
    vpmaxud zmm2, zmm2, zmm3
    fold vpmaxud, 2, 3
    vdivss xmm4, xmm14, xmm2
    vmovd eax, xmm4
    cmp eax, 0x7f800000
    je tiny
    vbroadcastss zmm4, xmm4
    vmulps zmm0, zmm0, zmm4
    vmulps zmm1, zmm1, zmm4
    vcvtps2dq zmm0, zmm0
    vcvtps2dq zmm1, zmm1
    vpmovsdb [code], zmm0
    vpmovsdb [code + 16], zmm1
    vpaddd zmm0, zmm0, zmm1
    fold vpaddd, 0, 1
    vdivss xmm6, xmm2, xmm14
    vmulss xmm7, xmm2, xmm13     # NaN for an infinite magnitude
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
