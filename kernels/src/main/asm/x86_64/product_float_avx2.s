# product_float_avx2: products of 16-row panels of float weights with float32 inputs, without AVX-512.
#
#   out[t][n] = sum_g (sum_c weight[n][g][c] * x[t][g][c]) + bias[n],   g over groups of 32 columns, the last may be shorter
#
# product_f16, product_bf16, product_f32
# Takes:    rdi = block of 64-bit fields, used up by the call: as in product_float.s
# Shapes:   panel [columns][16 rows] f16, bf16 or f32
# Rounding: as in product_float.s: the same bits.
# Traffic:  weights once a tile of 4 tokens (a panel stays in the caches) and in one ascending stream, inputs once a panel.
# Keeps:    rbx, rbp, r12-r15, rsp.
.intel_syntax noprefix
.text

.equ weights, 0
.equ x, 8
.equ out, 16
.equ bias, 24
.equ groups, 32
.equ panels, 40
.equ tokens, 48
.equ row_bytes, 56
.equ columns, 64
.equ panel_bytes, 72
.equ x_bytes, 80
.equ rest, 88

.equ args, rdi
.equ panel, rsi
.equ weight, r10
.equ out_row, r8
.equ tile_x, rbx                 # of the tile's first token
.equ x0, r12                     # of token 0, at the column
.equ x3, r13
.equ step, r14                   # from a token's x to the next one's
.equ tokens_left, r15
.equ caller_stack, rbp
.equ FRAME, 448                  # [4 tokens][16] f32 sums, masks of two halves, bias
.equ MASK, 256
.equ ROW_BIAS, 320

# ymm12, ymm13 = the rows of a column of weights; of token t, ymm2t and ymm2t + 1 hold the sums of a group.
.macro load_f16 i
    vcvtph2ps ymm12, [weight + 32*\i]
    vcvtph2ps ymm13, [weight + 32*\i + 16]
.endm
.macro load_bf16 i
    vpmovzxwd ymm12, [weight + 32*\i]
    vpmovzxwd ymm13, [weight + 32*\i + 16]
    vpslld ymm12, ymm12, 16
    vpslld ymm13, ymm13, 16
.endm
.macro load_f32 i
    vmovups ymm12, [weight + 64*\i]
    vmovups ymm13, [weight + 64*\i + 32]
.endm

.macro multiply_add a, b, at
    vbroadcastss ymm14, [\at]
    vfmadd231ps ymm\a, ymm12, ymm14
    vfmadd231ps ymm\b, ymm13, ymm14
.endm
.macro multiply_1 i
    multiply_add 0, 1, "x0 + 4*\i"
.endm
.macro multiply_2 i
    multiply_1 \i
    multiply_add 2, 3, "x0 + step + 4*\i"
.endm
.macro multiply_4 i
    multiply_2 \i
    multiply_add 4, 5, "x0 + step*2 + 4*\i"
    multiply_add 6, 7, "x3 + 4*\i"
.endm

.macro registers_1 action
    \action 0
    \action 1
.endm
.macro registers_2 action
    registers_1 \action
    \action 2
    \action 3
.endm
.macro registers_4 action
    registers_2 \action
    \action 4
    \action 5
    \action 6
    \action 7
.endm
.macro zero i
    vxorps ymm\i, ymm\i, ymm\i
.endm
.macro zero_sum i
    vmovups [rsp + 32*\i], ymm0
.endm
.macro add_sum i
    vaddps ymm\i, ymm\i, [rsp + 32*\i]
    vmovups [rsp + 32*\i], ymm\i
.endm

# One tile: \n tokens against the panel.
.macro tile kind, bytes, n
    mov weight, panel
    mov x0, tile_x
    lea x3, [x0 + step*2]
    add x3, step
    zero 0
    registers_\n zero_sum
    mov rax, [args + groups]
    test rax, rax
    je rest_\kind\()_\n
group_\kind\()_\n:
    registers_\n zero
    mov ecx, 8
columns_\kind\()_\n:
.irp i, 0, 1, 2, 3
    load_\kind \i
    multiply_\n \i
.endr
    add weight, 4*\bytes
    add x0, 16
    add x3, 16
    dec ecx
    jnz columns_\kind\()_\n
    registers_\n add_sum
    dec rax
    jnz group_\kind\()_\n
rest_\kind\()_\n:
    mov rcx, [args + rest]
    test rcx, rcx
    je sums_\kind\()_\n
    registers_\n zero
column_\kind\()_\n:
    load_\kind 0
    multiply_\n 0
    add weight, \bytes
    add x0, 4
    add x3, 4
    dec rcx
    jnz column_\kind\()_\n
    registers_\n add_sum
sums_\kind\()_\n:
    mov ecx, \n
    lea tile_x, [tile_x + step*\n]
    jmp store_\kind
.endm

.macro product kind, bytes
.globl product_\kind
product_\kind:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov caller_stack, rsp
    sub rsp, FRAME
    and rsp, -64
    mov panel, [args + weights]
    mov step, [args + x_bytes]
next_panel_\kind:
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
    je no_bias_\kind
    vmaskmovps ymm3, ymm1, [rax]
    vmaskmovps ymm4, ymm2, [rax + 32]
    vmovups [rsp + ROW_BIAS], ymm3
    vmovups [rsp + ROW_BIAS + 32], ymm4
    add qword ptr [args + bias], 64
no_bias_\kind:
    mov tokens_left, [args + tokens]
    mov out_row, [args + out]
    mov tile_x, [args + x]
next_tile_\kind:
    cmp tokens_left, 4
    jl rest_of_3_\kind
    sub tokens_left, 4
    tile \kind, \bytes, 4
rest_of_3_\kind:
    cmp tokens_left, 2
    jl rest_of_1_\kind
    sub tokens_left, 2
    tile \kind, \bytes, 2
rest_of_1_\kind:
    test tokens_left, tokens_left
    je done_\kind
    dec tokens_left
    tile \kind, \bytes, 1
store_\kind:                     # rcx rows
    vmovups ymm4, [rsp + MASK]
    vmovups ymm5, [rsp + MASK + 32]
    mov rdx, rsp
stored_\kind:
    vmovups ymm0, [rdx]
    vmovups ymm1, [rdx + 32]
    cmp qword ptr [args + bias], 0
    je biased_\kind
    vaddps ymm0, ymm0, [rsp + ROW_BIAS]
    vaddps ymm1, ymm1, [rsp + ROW_BIAS + 32]
biased_\kind:
    cmp qword ptr [args + columns], 16
    jl narrow_\kind
    vmovups [out_row], ymm0
    vmovups [out_row + 32], ymm1
    jmp row_\kind
narrow_\kind:
    vmaskmovps [out_row], ymm4, ymm0
    vmaskmovps [out_row + 32], ymm5, ymm1
row_\kind:
    add out_row, [args + row_bytes]
    add rdx, 64
    dec rcx
    jnz stored_\kind
    jmp next_tile_\kind
done_\kind:
    add panel, [args + panel_bytes]
    add qword ptr [args + out], 64
    sub qword ptr [args + columns], 16
    dec qword ptr [args + panels]
    jnz next_panel_\kind
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

product f16, 32
product bf16, 32
product f32, 64
