# product_float: products of 16-row panels of float weights with float32 inputs.
#
#   out[t][n] = sum_g (sum_c weight[n][g][c] * x[t][g][c]) + bias[n],   g over groups of 32 columns, the last may be shorter
#
# product_f16, product_bf16, product_f32
# Takes:    rdi = block of 64-bit fields, used up by the call:
#             0 weights (first panel)   8 x (first row)         16 out (row 0, first column of the panel)
#            24 bias or 0              32 whole groups          40 panels, >= 1        48 tokens, >= 1
#            56 bytes of an out row    64 columns of out from the first panel on      72 bytes of a panel
#            80 bytes of an x row      88 columns after the last whole group, below 32
# Shapes:   panel [columns][16 rows] f16, bf16 or f32
# Rounding: weights exact as float. Within a group one fused multiply-add a column, in ascending order from zero; the groups'
#           sums are added in ascending order. The same for any number of tokens, and the same as the scalar tier's, bit for bit.
# Traffic:  weights once a tile of tokens (a panel stays in the caches) and in one ascending stream, inputs once a panel.
# Keeps:    rbx, rbp, r12-r15, rsp. No stack beyond those, no calls.
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
.equ stride, r14
.equ tile_x, rbx                 # of the tile's first token
.equ x0, r12                     # of token 0, 3 and 6 of the tile, at the column
.equ x3, r13
.equ x6, r11
.equ step, rbp                   # from a token's x to the next one's
.equ tokens_left, r15

.macro load_f16 i
    vcvtph2ps zmm0, [weight + 32*\i]
.endm
.macro load_bf16 i
    vpmovzxwd zmm0, [weight + 32*\i]
    vpslld zmm0, zmm0, 16
.endm
.macro load_f32 i
    vmovups zmm0, [weight + 64*\i]
.endm

.macro multiply_0 i
    vfmadd231ps zmm10, zmm0, [x0 + 4*\i]{1to16}
.endm
.macro multiply_1 i
    vfmadd231ps zmm11, zmm0, [x0 + step + 4*\i]{1to16}
.endm
.macro multiply_2 i
    vfmadd231ps zmm12, zmm0, [x0 + step*2 + 4*\i]{1to16}
.endm
.macro multiply_3 i
    vfmadd231ps zmm13, zmm0, [x3 + 4*\i]{1to16}
.endm
.macro multiply_4 i
    vfmadd231ps zmm14, zmm0, [x0 + step*4 + 4*\i]{1to16}
.endm
.macro multiply_5 i
    vfmadd231ps zmm15, zmm0, [x3 + step*2 + 4*\i]{1to16}
.endm
.macro multiply_6 i
    vfmadd231ps zmm16, zmm0, [x6 + 4*\i]{1to16}
.endm
.macro multiply_7 i
    vfmadd231ps zmm17, zmm0, [x3 + step*4 + 4*\i]{1to16}
.endm

.macro column kind, i, list
    load_\kind \i
.irp t, \list
    multiply_\t \i
.endr
.endm
.macro advance number, bytes
    add weight, \number*\bytes
    add x0, \number*4
    add x3, \number*4
    add x6, \number*4
.endm
.macro group_begin list
.irp t, \list
    vpxord zmm1\t, zmm1\t, zmm1\t
.endr
.endm
.macro group_end list
.irp t, \list
    vaddps zmm2\t, zmm2\t, zmm1\t
.endr
.endm

# One tile: \n tokens against the panel. zmm20.. sums, zmm10.. of a group, zmm0 a column of weights.
.macro tile kind, bytes, n, list
    mov weight, panel
    mov x0, tile_x
    lea x3, [x0 + step*2]
    add x3, step
    lea x6, [x3 + step*2]
    add x6, step
.irp t, \list
    vpxord zmm2\t, zmm2\t, zmm2\t
.endr
    mov rax, [args + groups]
    test rax, rax
    je rest_\kind\()_\n
group_\kind\()_\n:
    group_begin "\list"
    mov ecx, 4
columns_\kind\()_\n:
    column \kind, 0, "\list"
    column \kind, 1, "\list"
    column \kind, 2, "\list"
    column \kind, 3, "\list"
    column \kind, 4, "\list"
    column \kind, 5, "\list"
    column \kind, 6, "\list"
    column \kind, 7, "\list"
    advance 8, \bytes
    dec ecx
    jnz columns_\kind\()_\n
    group_end "\list"
    dec rax
    jnz group_\kind\()_\n
rest_\kind\()_\n:
    mov rcx, [args + rest]
    test rcx, rcx
    je sums_\kind\()_\n
    group_begin "\list"
column_\kind\()_\n:
    column \kind, 0, "\list"
    advance 1, \bytes
    dec rcx
    jnz column_\kind\()_\n
    group_end "\list"
sums_\kind\()_\n:
    cmp qword ptr [args + bias], 0
    je store_\kind\()_\n
.irp t, \list
    vaddps zmm2\t, zmm2\t, zmm29
.endr
store_\kind\()_\n:
.irp t, \list
    vmovups [out_row]{k1}, zmm2\t
    add out_row, stride
.endr
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
    mov panel, [args + weights]
    mov stride, [args + row_bytes]
    mov step, [args + x_bytes]
next_panel_\kind:
    mov ecx, 16
    mov rax, [args + columns]
    cmp rax, 16
    cmovl ecx, eax
    mov eax, -1
    bzhi eax, eax, ecx
    kmovw k1, eax
    mov rax, [args + bias]
    test rax, rax
    je no_bias_\kind
    vmovups zmm29{k1}{z}, [rax]
    add qword ptr [args + bias], 64
no_bias_\kind:
    mov tokens_left, [args + tokens]
    mov out_row, [args + out]
    mov tile_x, [args + x]
next_tile_\kind:
    cmp tokens_left, 8
    jl rest_of_7_\kind
    tile \kind, \bytes, 8, "0,1,2,3,4,5,6,7"
    lea tile_x, [tile_x + step*8]
    sub tokens_left, 8
    jmp next_tile_\kind
rest_of_7_\kind:
    test tokens_left, tokens_left
    je done_\kind
    cmp tokens_left, 2
    jl tile_of_1_\kind
    je tile_of_2_\kind
    cmp tokens_left, 4
    jl tile_of_3_\kind
    je tile_of_4_\kind
    cmp tokens_left, 6
    jl tile_of_5_\kind
    je tile_of_6_\kind
    tile \kind, \bytes, 7, "0,1,2,3,4,5,6"
    jmp done_\kind
tile_of_6_\kind:
    tile \kind, \bytes, 6, "0,1,2,3,4,5"
    jmp done_\kind
tile_of_5_\kind:
    tile \kind, \bytes, 5, "0,1,2,3,4"
    jmp done_\kind
tile_of_4_\kind:
    tile \kind, \bytes, 4, "0,1,2,3"
    jmp done_\kind
tile_of_3_\kind:
    tile \kind, \bytes, 3, "0,1,2"
    jmp done_\kind
tile_of_2_\kind:
    tile \kind, \bytes, 2, "0,1"
    jmp done_\kind
tile_of_1_\kind:
    tile \kind, \bytes, 1, "0"
done_\kind:
    add panel, [args + panel_bytes]
    add qword ptr [args + out], 64
    sub qword ptr [args + columns], 16
    dec qword ptr [args + panels]
    jnz next_panel_\kind
    vzeroupper
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
