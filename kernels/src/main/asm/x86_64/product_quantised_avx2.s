# product_quantised_avx2: products of 16-row panels of 4-bit and 8-bit weights with int8 inputs, without AVX-512.
#
#   out[t][n] = sum_g (scale[n][g] * xscale[t][g]) * float(sum_c code[n][g][c] * xcode[t][g][c])
#                   + minimum[n][g] * xsum[t][g]            (the second line in ..._minimum)
#   out[t][n] += bias[n] at the end, if there is one
#
# product_q4_symmetric, product_q4_minimum, product_q8_symmetric, product_q8_minimum
# Takes:    rdi = block of 64-bit fields, used up by the call:
#             0 weights (first panel)   8 input (first tile)   16 out (row 0, first column of the panel)
#            24 bias or 0              32 groups, >= 1         40 panels, >= 1        48 tokens, >= 1
#            56 bytes of an out row    64 columns of out from the first panel on      72 bytes of a panel
# Shapes:   as in product_q4.s and product_q8.s
# Rounding: the sum over c is exact: products of nibbles and bytes are added in pairs of 16 bits (a pair is at most 15 * 128 * 2,
#           and eight pairs still fit), then in 32; of 8-bit codes once for the low nibbles and once for the high ones. Over g as
#           in product_q4.s: the same bits.
# Traffic:  weights once a tile of 8 tokens (a group stays in L1), inputs once a panel; the sums of a tile lie on the stack.
# Keeps:    rbx, rbp, r12-r15, rsp.
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
.equ xcode, r9                   # of the token
.equ code, r10
.equ xscale, r11                 # of the token
.equ group_codes, r12
.equ tokens_left, r15
.equ tile_codes, rbx
.equ tile_tokens, r14
.equ groups_left, rax
.equ sum, rdx                    # of the token
.equ count, rcx
.equ caller_stack, rbp
.equ FRAME, 1152                 # [8 tokens][16] f32 sums, [8 tokens][8] s32 of the low nibbles at 512, masks of two halves
.equ LOW_SUMS, 512
.equ MASK, 768
.equ ROW_BIAS, 832

.macro nibbles_of h              # ymm0-7: all columns of rows 8h to 8h + 7
.irp j, 0, 1, 2, 3
    vmovups ymm\j, [code + 64*\j + 32*\h]
.endr
    vpsrld ymm4, ymm0, 4
    vpsrld ymm5, ymm1, 4
    vpsrld ymm6, ymm2, 4
    vpsrld ymm7, ymm3, 4
.irp j, 0, 1, 2, 3, 4, 5, 6, 7
    vpand ymm\j, ymm\j, ymm13
.endr
.endm
.macro low_of h                  # the low nibbles of bytes
.irp j, 0, 1, 2, 3, 4, 5, 6, 7
    vpand ymm\j, ymm13, [code + 64*\j + 32*\h]
.endr
.endm
.macro high_of h
.irp j, 0, 1, 2, 3, 4, 5, 6, 7
    vmovups ymm\j, [code + 64*\j + 32*\h]
    vpsrld ymm\j, ymm\j, 4
    vpand ymm\j, ymm\j, ymm13
.endr
.endm

# ymm9 = pairs of products of the nibbles in ymm0-7 and the token's codes, in 16 bits.
.macro multiply
    vpbroadcastd ymm8, [xcode]
    vpmaddubsw ymm9, ymm0, ymm8
.irp j, 1, 2, 3, 4, 5, 6, 7
    vpbroadcastd ymm8, [xcode + 4*\j]
    vpmaddubsw ymm8, ymm\j, ymm8
    vpaddw ymm9, ymm9, ymm8
.endr
.endm
.macro first_token at
    mov xcode, group_codes
    lea xscale, [group_codes + 256]
    lea sum, [rsp + \at]
    mov count, tile_tokens
.endm
.macro next_token bytes, label
    add xcode, 32
    add xscale, 4
    add sum, \bytes
    dec count
    jnz \label
.endm

# The sums of rows 8h to 8h + 7 in ymm9 into those of the token in floats.
.macro scale_symmetric h
    vcvtdq2ps ymm9, ymm9
    vbroadcastss ymm8, [xscale]
    vmulps ymm8, ymm11, ymm8
    vmovups ymm10, [sum + 32*\h]
    vfmadd231ps ymm10, ymm8, ymm9
    vmovups [sum + 32*\h], ymm10
.endm
.macro scale_minimum h
    vcvtdq2ps ymm9, ymm9
    vbroadcastss ymm8, [xscale]
    vmulps ymm8, ymm11, ymm8
    vmovups ymm10, [sum + 32*\h]
    vfmadd231ps ymm10, ymm8, ymm9
    vbroadcastss ymm8, [xscale + SUM]
    vfmadd231ps ymm10, ymm12, ymm8
    vmovups [sum + 32*\h], ymm10
.endm
.macro scales_symmetric h, at
    vcvtph2ps ymm11, [code + \at + 16*\h]
.endm
.macro scales_minimum h, at
    vcvtph2ps ymm11, [code + \at + 16*\h]
    vcvtph2ps ymm12, [code + \at + 32 + 16*\h]
.endm
.macro take_back bits            # the bias of the codes, from ymm9
    vpbroadcastd ymm10, [xscale + NEGATIVE]
    vpslld ymm10, ymm10, \bits
    vpaddd ymm9, ymm9, ymm10
.endm
.macro offset_q4_symmetric
    take_back 3
.endm
.macro offset_q4_minimum
.endm

.macro half_q4 kind, h
    nibbles_of \h
    scales_\kind \h, 256
    first_token 0
token_q4_\kind\()_\h:
    multiply
    vpmaddwd ymm9, ymm9, ymm14
    offset_q4_\kind
    scale_\kind \h
    next_token 64, token_q4_\kind\()_\h
.endm
.macro half_q8 kind, h
    low_of \h
    scales_\kind \h, 512
    first_token LOW_SUMS
low_\kind\()_\h:
    multiply
    vpmaddwd ymm9, ymm9, ymm14
    take_back 7
    vmovups [sum], ymm9
    next_token 32, low_\kind\()_\h
    high_of \h
    first_token 0
    lea r13, [rsp + LOW_SUMS]
high_\kind\()_\h:
    multiply
    vpmaddwd ymm9, ymm9, ymm15
    vpaddd ymm9, ymm9, [r13]
    add r13, 32
    scale_\kind \h
    next_token 64, high_\kind\()_\h
.endm

.macro product bits, kind, group_bytes
.globl product_\bits\()_\kind
product_\bits\()_\kind:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov caller_stack, rsp
    sub rsp, FRAME
    and rsp, -64
    mov eax, 0x0f0f0f0f
    vmovd xmm13, eax
    vpbroadcastd ymm13, xmm13
    mov eax, 0x00010001
    vmovd xmm14, eax
    vpbroadcastd ymm14, xmm14
    vpsllw ymm15, ymm14, 4
    mov panel, [args + weights]
next_panel_\bits\()_\kind:
    mov rax, 0x0706050403020100
    vmovq xmm0, rax
    vpmovzxbd ymm0, xmm0
    mov rax, [args + columns]    # below 2^31
    vmovd xmm1, eax
    vpbroadcastd ymm1, xmm1
    sub eax, 8
    vmovd xmm2, eax
    vpbroadcastd ymm2, xmm2
    vpcmpgtd ymm1, ymm1, ymm0
    vpcmpgtd ymm2, ymm2, ymm0
    vmovups [rsp + MASK], ymm1
    vmovups [rsp + MASK + 32], ymm2
    mov rax, [args + bias]
    test rax, rax
    je no_bias_\bits\()_\kind
    vmaskmovps ymm3, ymm1, [rax]
    vmaskmovps ymm4, ymm2, [rax + 32]
    vmovups [rsp + ROW_BIAS], ymm3
    vmovups [rsp + ROW_BIAS + 32], ymm4
    add qword ptr [args + bias], 64
no_bias_\bits\()_\kind:
    mov tokens_left, [args + tokens]
    mov out_row, [args + out]
    mov tile_codes, [args + input]
next_tile_\bits\()_\kind:
    mov tile_tokens, 8
    cmp tile_tokens, tokens_left
    cmovg tile_tokens, tokens_left
    vpxor ymm0, ymm0, ymm0
    mov rdx, rsp
    mov count, tile_tokens
zero_\bits\()_\kind:
    vmovups [rdx], ymm0
    vmovups [rdx + 32], ymm0
    add rdx, 64
    dec count
    jnz zero_\bits\()_\kind
    mov code, panel
    mov group_codes, tile_codes
    mov groups_left, [args + groups]
group_\bits\()_\kind:
    half_\bits \kind, 0
    half_\bits \kind, 1
    add code, \group_bytes
    add group_codes, TILE_BYTES
    dec groups_left
    jnz group_\bits\()_\kind
    mov tile_codes, group_codes
    vmovups ymm4, [rsp + MASK]
    vmovups ymm5, [rsp + MASK + 32]
    mov rdx, rsp
    mov count, tile_tokens
store_\bits\()_\kind:
    vmovups ymm0, [rdx]
    vmovups ymm1, [rdx + 32]
    cmp qword ptr [args + bias], 0
    je biased_\bits\()_\kind
    vaddps ymm0, ymm0, [rsp + ROW_BIAS]
    vaddps ymm1, ymm1, [rsp + ROW_BIAS + 32]
biased_\bits\()_\kind:
    cmp qword ptr [args + columns], 16
    jl narrow_\bits\()_\kind
    vmovups [out_row], ymm0
    vmovups [out_row + 32], ymm1
    jmp stored_\bits\()_\kind
narrow_\bits\()_\kind:
    vmaskmovps [out_row], ymm4, ymm0
    vmaskmovps [out_row + 32], ymm5, ymm1
stored_\bits\()_\kind:
    add out_row, [args + row_bytes]
    add rdx, 64
    dec count
    jnz store_\bits\()_\kind
    sub tokens_left, tile_tokens
    jnz next_tile_\bits\()_\kind
    add panel, [args + panel_bytes]
    add qword ptr [args + out], 64
    sub qword ptr [args + columns], 16
    dec qword ptr [args + panels]
    jnz next_panel_\bits\()_\kind
    vzeroupper
    mov rsp, caller_stack
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
.endm

product q4, symmetric, 288
product q4, minimum, 320
product q8, symmetric, 544
product q8, minimum, 576
