# swiglu: out[i] = gate[i] / (1 + exp(-gate[i])) * up[i].
#
# Takes:    rdi = block of 64-bit fields: 0 gate   8 up   16 out, may be either   24 numbers, >= 1
# Rounding: exp(x) = 2^n e^r, n = round(x / ln 2), r = x - n ln 2 in two parts, e^r by its Taylor series to the sixth power
#           (|r| < 0.35: the seventh term is below 2^-22): relative error below 2^-21 from e^-87 to the greatest float,
#           infinity beyond, e^-87 for anything less. Then a sum, a quotient and a product in float.
# Traffic:  8 bytes read and 4 written a number.
.intel_syntax noprefix
.text

.equ args, rdi
.equ gate, rsi
.equ up, rdx
.equ out, r8
.equ left, rcx

.macro constant v, bits
    mov eax, \bits
    vpbroadcastd zmm\v, eax
.endm

.globl swiglu
swiglu:
    mov gate, [args]
    mov up, [args + 8]
    mov out, [args + 16]
    mov left, [args + 24]
    constant 16, 0xc2ae0000      # -87: the least exponent
    constant 17, 0x43160000      # 150: the greatest, far above what a float holds
    constant 18, 0x3fb8aa3b      # 1 / ln 2
    constant 19, 0xbf317200      # -ln 2, upper bits
    constant 20, 0xb5bfbe8e      # -ln 2, lower bits
    constant 21, 0x3ab60b61      # 1/720
    constant 22, 0x3c088889      # 1/120
    constant 23, 0x3d2aaaab      # 1/24
    constant 24, 0x3e2aaaab      # 1/6
    constant 25, 0x3f000000      # 1/2
    constant 26, 0x3f800000      # 1
    constant 27, 0x80000000      # the sign
next:
    mov eax, -1
    cmp left, 16
    jge all_lanes
    bzhi eax, eax, ecx
all_lanes:
    kmovw k1, eax
    vmovups zmm0{k1}{z}, [gate]
    vpxord zmm1, zmm0, zmm27
    # The second operand of a minimum passes if one is NaN.
    vmaxps zmm1, zmm16, zmm1
    vminps zmm1, zmm17, zmm1
    vmulps zmm2, zmm1, zmm18
    vrndscaleps zmm2, zmm2, 8
    vfmadd231ps zmm1, zmm2, zmm19
    vfmadd231ps zmm1, zmm2, zmm20
    vmovaps zmm3, zmm21
    vfmadd213ps zmm3, zmm1, zmm22
    vfmadd213ps zmm3, zmm1, zmm23
    vfmadd213ps zmm3, zmm1, zmm24
    vfmadd213ps zmm3, zmm1, zmm25
    vfmadd213ps zmm3, zmm1, zmm26
    vfmadd213ps zmm3, zmm1, zmm26
    vscalefps zmm3, zmm3, zmm2
    vaddps zmm3, zmm3, zmm26
    vdivps zmm0, zmm0, zmm3
    vmulps zmm0{k1}{z}, zmm0, [up]
    vmovups [out]{k1}, zmm0
    add gate, 64
    add up, 64
    add out, 64
    sub left, 16
    jg next
    vzeroupper
    ret
