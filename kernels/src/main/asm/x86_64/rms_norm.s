# rms_norm: each row divided by its root mean square, times a weight.
#
#   out[r][c] = x[r][c] * scale * weight[c],   scale = float(1 / sqrt(sum_c x[r][c]^2 / columns + epsilon))
#
# Takes:    rdi = block of 64-bit fields: 0 x   8 weight   16 out, may be x   24 columns, >= 1   32 rows, >= 1   40 bytes of a row
#                 48 epsilon, double   56 columns, double
# Rounding: squares and scale in double, columns c = 0-7 and 8-15 mod 16 in 16 running sums, then a tree; two products in float.
# Traffic:  reads a row twice, the second time from the first-level cache.
.intel_syntax noprefix
.text

.equ args, rdi
.equ x, rsi
.equ weight, rdx
.equ out, r8
.equ whole, r9                   # groups of 16 columns
.equ rows_left, r10

.macro square v
    vcvtps2pd zmm2, ymm\v
    vextracti64x4 ymm\v, zmm\v, 1
    vcvtps2pd zmm3, ymm\v
    vfmadd231pd zmm0, zmm2, zmm2
    vfmadd231pd zmm1, zmm3, zmm3
.endm

.globl rms_norm
rms_norm:
    mov x, [args]
    mov weight, [args + 8]
    mov out, [args + 16]
    mov rows_left, [args + 32]
    mov whole, [args + 24]
    mov ecx, [args + 24]
    and ecx, 15
    mov eax, -1
    bzhi eax, eax, ecx
    kmovw k1, eax
    shr whole, 4
    mov rax, 0x3ff0000000000000  # 1
    vmovq xmm15, rax
next_row:
    vpxord zmm0, zmm0, zmm0
    vpxord zmm1, zmm1, zmm1
    mov rax, x
    mov rcx, whole
    test rcx, rcx
    je rest_of_squares
next_squares:
    vmovups zmm4, [rax]
    square 4
    add rax, 64
    dec rcx
    jnz next_squares
rest_of_squares:
    vmovups zmm4{k1}{z}, [rax]
    square 4
    vaddpd zmm0, zmm0, zmm1
    vextracti64x4 ymm1, zmm0, 1
    vaddpd ymm0, ymm0, ymm1
    vextracti128 xmm1, ymm0, 1
    vaddpd xmm0, xmm0, xmm1
    vpshufd xmm1, xmm0, 0x4e
    vaddsd xmm0, xmm0, xmm1
    vdivsd xmm0, xmm0, [args + 56]
    vaddsd xmm0, xmm0, [args + 48]
    vsqrtsd xmm0, xmm0, xmm0
    vdivsd xmm0, xmm15, xmm0
    vcvtsd2ss xmm0, xmm0, xmm0
    vbroadcastss zmm0, xmm0
    xor eax, eax
    mov rcx, whole
    test rcx, rcx
    je rest
next_columns:
    vmulps zmm1, zmm0, [x + rax]
    vmulps zmm1, zmm1, [weight + rax]
    vmovups [out + rax], zmm1
    add rax, 64
    dec rcx
    jnz next_columns
rest:
    vmulps zmm1{k1}{z}, zmm0, [x + rax]
    vmulps zmm1{k1}{z}, zmm1, [weight + rax]
    vmovups [out + rax]{k1}, zmm1
    add x, [args + 40]
    add out, [args + 40]
    dec rows_left
    jnz next_row
    vzeroupper
    ret
