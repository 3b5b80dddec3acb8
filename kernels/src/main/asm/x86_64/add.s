# add: x[i] += y[i].
#
# Takes:    rdi = block of 64-bit fields: 0 x   8 y   16 numbers, >= 1
# Rounding: one sum in float.
# Traffic:  8 bytes read and 4 written a number.
.intel_syntax noprefix
.text

.equ args, rdi
.equ x, rsi
.equ y, rdx
.equ left, rcx

.globl add_rows
add_rows:
    mov x, [args]
    mov y, [args + 8]
    mov left, [args + 16]
next:
    cmp left, 16
    jl rest
    vmovups zmm0, [x]
    vaddps zmm0, zmm0, [y]
    vmovups [x], zmm0
    add x, 64
    add y, 64
    sub left, 16
    jmp next
rest:
    mov eax, -1
    bzhi eax, eax, ecx
    kmovw k1, eax
    vmovups zmm0{k1}{z}, [x]
    vaddps zmm0{k1}{z}, zmm0, [y]
    vmovups [x]{k1}, zmm0
    vzeroupper
    ret
