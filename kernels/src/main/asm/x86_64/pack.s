# pack: one panel of 16 rows of Q4_0, Q4_1 or Q8_0 from the file's layout to that of the products.
#
#   codes[group][block][row] = four bytes 4 * block of the row's group, flipped
#   scales[group][row]       = the f16 the group begins with; 32 bytes further the second one, the minimum
#
# Takes:    rdi = block of 64-bit fields, used up by the call: 0 source (first row)   8 codes   16 scales   24 groups, >= 1
#                 32 rows, 1 to 16   40 bytes of a source row   48 bytes of a source group   56 bytes of a packed group
#                 64 blocks, 4 or 8   72 bits to flip in four bytes   80 has a minimum
#                 88 bytes from a source group's start to its codes
# Traffic:  reads the source once, in order; writes 4 bytes to each of the panel's lines a row.
# Keeps:    rbx, rbp, r12, r13
.intel_syntax noprefix
.text

.equ args, rdi
.equ source_row, r8
.equ codes_row, r9
.equ scales_row, r10
.equ source, rsi
.equ codes, rax
.equ scale, rcx
.equ groups_left, r11
.equ from, rbx
.equ to, rbp
.equ blocks_left, r12

.globl pack
pack:
    push rbx
    push rbp
    push r12
    push r13
    mov source_row, [args]
    mov codes_row, [args + 8]
    mov scales_row, [args + 16]
    mov edx, [args + 72]
next_row:
    mov source, source_row
    mov codes, codes_row
    mov scale, scales_row
    mov groups_left, [args + 24]
next_group:
    vmovd xmm0, [source]
    vpextrw [scale], xmm0, 0
    cmp qword ptr [args + 80], 0
    je no_minimum
    vpextrw [scale + 32], xmm0, 1
no_minimum:
    mov from, source
    add from, [args + 88]
    mov to, codes
    mov blocks_left, [args + 64]
next_block:
    mov r13d, [from]
    xor r13d, edx
    mov [to], r13d
    add from, 4
    add to, 64
    dec blocks_left
    jnz next_block
    add source, [args + 48]
    add codes, [args + 56]
    add scale, [args + 56]
    dec groups_left
    jnz next_group
    add source_row, [args + 40]
    add codes_row, 4
    add scales_row, 2
    dec qword ptr [args + 32]
    jnz next_row
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
