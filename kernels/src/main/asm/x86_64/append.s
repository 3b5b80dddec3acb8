# append: stores rows of keys and values where the page tables say.
#
#   keys[pages[sequence[r]][position[r] / 64]][h][position[r] % 64][d] = k[r][h][d], and so for values and v
#
# Takes:    rdi = block of 64-bit fields: 0 k (first row)   8 v   16 rows, >= 1   24 bytes of a row of k and v
#                 32 positions s32 (of the first row)   40 sequences s32   48 pages s32   56 pages of a sequence
#                 64 keys   72 values   80 key-value heads, >= 1   88 elements of a head, >= 1
# Shapes:   keys, values [page][head][64][elements] f16 (append_f16) or f32 (append_f32)
# Rounding: to f16 to nearest even, whatever MXCSR says.
# Traffic:  8 bytes read and 4 or 8 written an element of a head.
# Keeps:    rbx, rbp, r12-r14
.intel_syntax noprefix
.text

.equ args, rdi
.equ k_row, rsi
.equ v_row, r8
.equ rows_left, r9
.equ row, r10
.equ from, r11                   # bytes from the row's start
.equ key, rbx
.equ value, rbp
.equ heads_left, r12
.equ left, rcx
.equ head_step, r13              # bytes from a head's row to that of the next head
.equ next_from, r14

.macro store_f16 to, v
    vcvtps2ph [\to + rax*2]{k1}, zmm\v, 0
.endm
.macro store_f32 to, v
    vmovups [\to + rax*4]{k1}, zmm\v
.endm

.macro append kind, shift
.globl append_\kind
append_\kind:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    mov k_row, [args]
    mov v_row, [args + 8]
    mov rows_left, [args + 16]
    xor r10d, r10d
    mov head_step, [args + 88]
    shl head_step, 6 + \shift
row_\kind:
    mov rax, [args + 32]
    movsxd rcx, dword ptr [rax + row*4]
    mov rax, [args + 40]
    movsxd rdx, dword ptr [rax + row*4]
    imul rdx, [args + 56]
    mov rax, rcx
    shr rax, 6
    add rdx, rax
    mov rax, [args + 48]
    movsxd rdx, dword ptr [rax + rdx*4]
    imul rdx, [args + 80]
    shl rdx, 6
    and ecx, 63
    add rdx, rcx
    imul rdx, [args + 88]
    shl rdx, \shift
    mov key, [args + 64]
    mov value, [args + 72]
    add key, rdx
    add value, rdx
    mov heads_left, [args + 80]
    xor r11d, r11d
head_\kind:
    mov left, [args + 88]
    lea next_from, [from + left*4]
    xor eax, eax
block_\kind:
    mov edx, -1
    cmp left, 16
    jge all_lanes_\kind
    bzhi edx, edx, ecx
all_lanes_\kind:
    kmovw k1, edx
    vmovups zmm0{k1}{z}, [k_row + from]
    vmovups zmm1{k1}{z}, [v_row + from]
    store_\kind key, 0
    store_\kind value, 1
    add from, 64
    add eax, 16
    sub left, 16
    jg block_\kind
    mov from, next_from
    add key, head_step
    add value, head_step
    dec heads_left
    jnz head_\kind
    add k_row, [args + 24]
    add v_row, [args + 24]
    inc row
    dec rows_left
    jnz row_\kind
    vzeroupper
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
.endm

append f16, 1
append f32, 2
