# rope: rotates pairs of elements of each head by the angles of the row.
#
#   (a, b) = (a cos - b sin, a sin + b cos);  pair i is elements 2i, 2i + 1 (rope_adjacent) or i, i + pairs (rope_halves)
#
# Takes:    rdi = block of 64-bit fields: 0 x   8 angles   16 rows, >= 1   24 heads, >= 1   32 bytes of a head   40 bytes of an x row
#                 48 bytes of a row of angles   56 pairs, >= 1   64 two fields of scratch
# Shapes:   angles [rows][pairs][2] f32: cosine, sine
# Rounding: one product, then one fused multiply-add.
# Traffic:  4 bytes read and written an element; angles once a row.
# Keeps:    rbx
.intel_syntax noprefix
.text

.equ args, rdi
.equ x_row, rsi
.equ angle_row, rdx
.equ rows_left, r8
.equ at, r9                      # bytes from a head's start
.equ element, r10
.equ heads_left, r11
.equ head_bytes, rbx

.macro mask k, count
    mov eax, 16
    cmp \count, 16
    cmovg ecx, eax
    mov eax, -1
    bzhi eax, eax, ecx
    kmovw \k, eax
.endm

.macro begin
    push rbx
    mov x_row, [args]
    mov angle_row, [args + 8]
    mov rows_left, [args + 16]
    mov head_bytes, [args + 32]
.endm

.macro next_row label
    add x_row, [args + 40]
    add angle_row, [args + 48]
    dec rows_left
    jnz \label
    vzeroupper
    pop rbx
    ret
.endm

.globl rope_adjacent
rope_adjacent:
    begin
row_adjacent:
    xor r9d, r9d
    mov rcx, [args + 56]
    add rcx, rcx
block_adjacent:
    mov [args + 64], rcx
    mask k1, rcx
    vmovups zmm0{k1}{z}, [angle_row + at]
    vmovshdup zmm1, zmm0
    vmovsldup zmm0, zmm0
    lea element, [x_row + at]
    mov heads_left, [args + 24]
head_adjacent:
    vmovups zmm2{k1}{z}, [element]
    vshufps zmm3, zmm2, zmm2, 0xb1
    vmulps zmm3, zmm3, zmm1
    vfmaddsub213ps zmm2, zmm0, zmm3
    vmovups [element]{k1}, zmm2
    add element, head_bytes
    dec heads_left
    jnz head_adjacent
    add at, 64
    mov rcx, [args + 64]
    sub rcx, 16
    jg block_adjacent
    next_row row_adjacent

.globl rope_halves
rope_halves:
    begin
    mov rax, 0x0e0c0a0806040200  # cosines of 16 pairs in two vectors of angles
    mov [args + 64], rax
    mov rax, 0x1e1c1a1816141210
    mov [args + 72], rax
    vpmovzxbd zmm16, [args + 64]
    mov eax, 1
    vpbroadcastd zmm17, eax
    vpord zmm17, zmm16, zmm17    # and sines
row_halves:
    xor r9d, r9d
    mov rcx, [args + 56]
block_halves:
    mov [args + 64], rcx
    mask k1, rcx
    add ecx, ecx                 # 2 to 32 angles
    mov eax, -1
    bzhi eax, eax, ecx
    kmovw k2, eax
    shr eax, 16
    kmovw k3, eax
    vmovups zmm0{k2}{z}, [angle_row + at*2]
    vmovups zmm2{k3}{z}, [angle_row + at*2 + 64]
    vmovaps zmm1, zmm0
    vpermt2ps zmm0, zmm16, zmm2
    vpermt2ps zmm1, zmm17, zmm2
    lea element, [x_row + at]
    mov rax, [args + 56]
    lea rax, [element + rax*4]
    mov heads_left, [args + 24]
head_halves:
    vmovups zmm2{k1}{z}, [element]
    vmovups zmm3{k1}{z}, [rax]
    vmulps zmm4, zmm3, zmm1
    vmulps zmm3, zmm3, zmm0
    vfmadd231ps zmm3, zmm2, zmm1
    vfmsub213ps zmm2, zmm0, zmm4
    vmovups [element]{k1}, zmm2
    vmovups [rax]{k1}, zmm3
    add element, head_bytes
    add rax, head_bytes
    dec heads_left
    jnz head_halves
    add at, 64
    mov rcx, [args + 64]
    sub rcx, 16
    jg block_halves
    next_row row_halves
