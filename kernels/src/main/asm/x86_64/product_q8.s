# product_q8: products of 16-row panels of 8-bit weights with int8 inputs.
#
#   out[t][n] = sum_g (scale[n][g] * xscale[t][g]) * float(sum_c code[n][g][c] * xcode[t][g][c])
#                   + minimum[n][g] * xsum[t][g]            (the second line in product_q8_minimum)
#   out[t][n] += bias[n] at the end, if there is one
#
# Takes:    rdi = block of 64-bit fields, used up by the call:
#             0 weights (first panel)   8 input (first tile)   16 out (row 0, first column of the panel)
#            24 bias or 0              32 groups, >= 1         40 panels, >= 1        48 tokens, >= 1
#            56 bytes of an out row    64 columns of out from the first panel on      72 bytes of a panel
# Shapes:   panel  [groups]: codes [8][16 rows][4 bytes]: byte c of block j holds column 4j+c, stored + 128, which the negated
#                  sums of the inputs take back
#                  scales [16] f16, and in product_q8_minimum minimums [16] f16
#           input  [tile of 8 tokens][group]: codes [8][32] s8, xscale [8] f32, xsum [8] f32, -sum of codes [8] s32, 32 bytes
# Rounding: the sum over c is exact. Over g, in ascending order: scale * xscale rounded, then one fused multiply-add, then
#           one for the minimum. The same for any number of tokens, and the same as the scalar tier's, bit for bit.
# Traffic:  weights once a tile of tokens (a panel stays in L1) and in one ascending stream, inputs once a panel.
# Keeps:    rbx, rbp, r12-r15, rsp. No stack beyond those, no calls.
.intel_syntax noprefix
.text

.equ weights, 0
.equ input, 8
.equ out, 16
.equ bias, 24
.equ groups, 32
.equ panels, 40
.equ tokens, 48
.equ row_bytes, 56
.equ columns, 64
.equ panel_bytes, 72

.equ TILE_BYTES, 384             # of one group of a tile of inputs
.equ SUM, 32                     # from xscale to xsum
.equ NEGATIVE, 64                # from xscale to the negated sums of codes

.equ args, rdi
.equ panel, rsi
.equ out_row, r8
.equ code, r10
.equ xcode, r12
.equ xscale, r13
.equ stride, r14
.equ tokens_left, r15
.equ tile_codes, rbx
.equ tile_scales, rcx
.equ tile_stride, rbp

.macro seed_symmetric t
    vpslld zmm1\t, [xscale + NEGATIVE + 4*\t]{1to16}, 7
.endm
.macro seed_minimum t
    vpslld zmm1\t, [xscale + NEGATIVE + 4*\t]{1to16}, 7
.endm
.macro load_symmetric
    vcvtph2ps zmm8, [code + 512]
    add code, 544
.endm
.macro load_minimum
    vcvtph2ps zmm8, [code + 512]
    vcvtph2ps zmm9, [code + 544]
    add code, 576
.endm
.macro finish_symmetric t
.endm
.macro finish_minimum t
    vfmadd231ps zmm2\t, zmm9, [xscale + SUM + 4*\t]{1to16}
.endm

.macro load_codes
.irp j, 0, 1, 2, 3, 4, 5, 6, 7
    vmovups zmm\j, [code + 64*\j]
.endr
.endm
.macro multiply list
.irp j, 0, 1, 2, 3, 4, 5, 6, 7
.irp t, \list
    vpdpbusd zmm1\t, zmm\j, [xcode + 32*\t + 4*\j]{1to16}
.endr
.endr
.endm

# One tile: tokens xcode[0..n) against the panel. zmm20.. sums in float, zmm10.. of a group in integers,
# zmm0-7 codes of a group, zmm8 scales, zmm9 minimums.
.macro tile name, kind, n, list
    mov code, panel
    mov xcode, tile_codes
    mov xscale, tile_scales
    mov rax, [args + groups]
.irp t, \list
    vpxord zmm2\t, zmm2\t, zmm2\t
.endr
group_\name\()_\n:
    load_codes
.irp t, \list
    seed_\kind \t
.endr
    multiply "\list"
    load_\kind
.irp t, \list
    vcvtdq2ps zmm1\t, zmm1\t
    vmulps zmm18, zmm8, [xscale + 4*\t]{1to16}
    vfmadd231ps zmm2\t, zmm18, zmm1\t
    finish_\kind \t
.endr
    add xcode, TILE_BYTES
    add xscale, TILE_BYTES
    dec rax
    jnz group_\name\()_\n
    cmp qword ptr [args + bias], 0
    je store_\name\()_\n
.irp t, \list
    vaddps zmm2\t, zmm2\t, zmm29
.endr
store_\name\()_\n:
.irp t, \list
    vmovups [out_row]{k1}, zmm2\t
    add out_row, stride
.endr
.endm

.macro product name, kind
.globl \name
\name:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov panel, [args + weights]
    mov stride, [args + row_bytes]
    mov tile_stride, [args + groups]
    imul tile_stride, tile_stride, TILE_BYTES
    mov eax, 0x0f0f0f0f
    vpbroadcastd zmm28, eax
next_panel_\name:
    mov ecx, 16
    mov rax, [args + columns]
    cmp rax, 16
    cmovl ecx, eax
    mov eax, -1
    bzhi eax, eax, ecx
    kmovw k1, eax
    mov rax, [args + bias]
    test rax, rax
    je no_bias_\name
    vmovups zmm29{k1}{z}, [rax]
    add qword ptr [args + bias], 64
no_bias_\name:
    mov tokens_left, [args + tokens]
    mov out_row, [args + out]
    mov tile_codes, [args + input]
    lea tile_scales, [tile_codes + 256]
next_tile_\name:
    cmp tokens_left, 8
    jl rest_\name
    tile \name, \kind, 8, "0,1,2,3,4,5,6,7"
    add tile_codes, tile_stride
    add tile_scales, tile_stride
    sub tokens_left, 8
    jmp next_tile_\name
rest_\name:
    test tokens_left, tokens_left
    je done_\name
    cmp tokens_left, 2
    jl tile_of_1_\name
    je tile_of_2_\name
    cmp tokens_left, 4
    jl tile_of_3_\name
    je tile_of_4_\name
    cmp tokens_left, 6
    jl tile_of_5_\name
    je tile_of_6_\name
    tile \name, \kind, 7, "0,1,2,3,4,5,6"
    jmp done_\name
tile_of_6_\name:
    tile \name, \kind, 6, "0,1,2,3,4,5"
    jmp done_\name
tile_of_5_\name:
    tile \name, \kind, 5, "0,1,2,3,4"
    jmp done_\name
tile_of_4_\name:
    tile \name, \kind, 4, "0,1,2,3"
    jmp done_\name
tile_of_3_\name:
    tile \name, \kind, 3, "0,1,2"
    jmp done_\name
tile_of_2_\name:
    tile \name, \kind, 2, "0,1"
    jmp done_\name
tile_of_1_\name:
    tile \name, \kind, 1, "0"
done_\name:
    add panel, [args + panel_bytes]
    add qword ptr [args + out], 64
    sub qword ptr [args + columns], 16
    dec qword ptr [args + panels]
    jnz next_panel_\name
    vzeroupper
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
.endm

product product_q8_symmetric, symmetric
product product_q8_minimum, minimum
