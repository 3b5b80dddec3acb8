# attend: attention of a few rows over one page of keys and values, with a running softmax (Milakov and Gimelshein 2018).
#
#   for each row r and query head h of a key-value head, t over the tokens of the page up to the row's position:
#   s[t] = scale * q[r][h] . key[t];   m' = max(m, max_t s[t]);   p[t] = exp(s[t] - m')
#   l = l exp(m - m') + sum_t p[t];    a = a exp(m - m') + sum_t p[t] value[t];    m = m'
#
# attend_page_f16, attend_page_f32, attend_page_q8_0
# Takes:    rdi = block of 64-bit fields: 0 keys   8 values   16 q (first row)   24 states (first row)   32 rows, 1 or more
#                 40 positions s32 (of the first row)   48 the page's first position   56 bytes of a q row   64 bytes of a state
#                 72 query heads of a row, >= 1   80 elements of a head / 16, 1 to 16   88 scale, f32   96 scratch
#                 104 the keys of the page and head that comes next, or these; used up   112 to 184: used by the call
# Shapes:   keys, values [64][elements] f16 or f32, or codes [64][elements] s8, scales [64][groups of 32] f16
#           q [rows][heads][elements] f32
#           states [rows][heads]: a [elements], m, l, padding to 64 bytes. A fresh one: m = -FLT_MAX, else zeros.
#           scratch 2 * 65 * elements + 64 * heads f32, at a multiple of 64
# Rows:     of one sequence, in ascending position, none before the page's first position.
# Rounding: a score: products with elements 16 i + j in lane j, i ascending, by fused multiply-adds; lanes j and j + 8, then
#           j + 4, + 2, + 1 added; then the scale. exp: see swiglu.s, and 0 below e^-104. sum_t: tokens t, t + 16, t + 32,
#           t + 48 first, (0 + 1) + (2 + 3), then lanes as above. a: t ascending, fused multiply-adds. Each row and head by
#           itself: the same bits in any batch.
# Traffic:  a page once for all rows and heads, then from the scratch.
# Keeps:    rbx, rbp, r12-r15
#
# attend_begin: fresh states.
# Takes:    rdi = block: 0 states   8 states, >= 1   16 bytes of a state   24 elements / 16
#
# attend_merge: joins the softmax over further tokens to one, as if m' were above.
# Takes:    rdi = block: 0 states to join to   8 states to join   16 states, >= 1   24 bytes of a state   32 elements / 16
#
# attend_finish: out = a / l.
# Takes:    rdi = block: 0 states   8 out   16 states, >= 1   24 bytes of a state   32 elements / 16
.intel_syntax noprefix
.text

.equ args, rdi
.equ keys, 0
.equ values, 8
.equ query, 16
.equ states, 24
.equ rows, 32
.equ positions, 40
.equ first_position, 48
.equ query_bytes, 56
.equ state_bytes, 64
.equ heads, 72
.equ chunks, 80
.equ scale, 88
.equ scratch, 96
.equ next_keys, 104
.equ key_lanes, 112              # [chunk][65][16] f32, the page's keys
.equ value_lanes, 120            # the same of the values
.equ weights, 128                # [heads][64] f32, the scores, then p

.equ state_end, 136              # bytes from a state's start to m

.equ source, 144                 # of the values
.equ SCRATCH, 0
.equ PAGE_F16, 1
.equ PAGE_F32, 2
.equ token_step, 152             # bytes from a token's values to the next
.equ heads_left, 160
.equ scores_to, 168
.equ order, 176                  # 16 bytes

.equ CHUNK_BYTES, 4160           # 64 more than the tokens take: chunks apart in the cache's sets
.equ SUM, 4                # from m to l
.equ DECAY, 8                    # from m to exp(m - m')

.macro constant v, bits
    mov eax, \bits
    vpbroadcastd zmm\v, eax
.endm

.macro constants
    constant 31, 0xc2d20000      # -105
    constant 30, 0x3fb8aa3b      # 1 / ln 2
    constant 29, 0xbf317200      # -ln 2, upper bits
    constant 28, 0xb5bfbe8e      # -ln 2, lower bits
    constant 27, 0x3ab60b61      # 1/720
    constant 26, 0x3c088889      # 1/120
    constant 25, 0x3d2aaaab      # 1/24
    constant 24, 0x3e2aaaab      # 1/6
    constant 23, 0x3f000000      # 1/2
    constant 22, 0x3f800000      # 1
.endm

# zmm\v = exp(zmm\v) of numbers not above 0; uses zmm\n, zmm\p.
.macro exponential v, n, p
    vmaxps zmm\v, zmm31, zmm\v   # the second passes if it is NaN
    vmulps zmm\n, zmm\v, zmm30
    vrndscaleps zmm\n, zmm\n, 8
    vfmadd231ps zmm\v, zmm\n, zmm29
    vfmadd231ps zmm\v, zmm\n, zmm28
    vmovaps zmm\p, zmm27
    vfmadd213ps zmm\p, zmm\v, zmm26
    vfmadd213ps zmm\p, zmm\v, zmm25
    vfmadd213ps zmm\p, zmm\v, zmm24
    vfmadd213ps zmm\p, zmm\v, zmm23
    vfmadd213ps zmm\p, zmm\v, zmm22
    vfmadd213ps zmm\p, zmm\v, zmm22
    vscalefps zmm\v, zmm\p, zmm\n
.endm

# The lane-wise operation on all 16 lanes of zmm\v, to lane 0; uses zmm\w.
.macro fold operation, v, w
    vextracti64x4 ymm\w, zmm\v, 1
    \operation ymm\v, ymm\v, ymm\w
    vextracti128 xmm\w, ymm\v, 1
    \operation xmm\v, xmm\v, xmm\w
    vpshufd xmm\w, xmm\v, 0x4e
    \operation xmm\v, xmm\v, xmm\w
    vpshufd xmm\w, xmm\v, 0xb1
    \operation xmm\v, xmm\v, xmm\w
.endm

.macro masks
    mov eax, 0xff00
    kmovw k5, eax
    mov eax, 0xcccc
    kmovw k6, eax
.endm

.macro load_f16 v, at
    vcvtph2ps zmm\v, [\at]
.endm
.macro load_f32 v, at
    vmovups zmm\v, [\at]
.endm

.macro ahead_key
    prefetcht1 [rsi + r9]
    prefetcht1 [rsi + r10]
.endm
.macro ahead_value
.endm

# Spreads r8 tokens of a page at rsi to [chunk][65][16] at rdx. Of keys: fetches what lies r9 and r10 bytes further.
.macro spread name, kind, chunk_bytes
token_\name\()_\kind:
    mov rax, rdx
    mov rcx, [args + chunks]
chunk_\name\()_\kind:
    ahead_\name
    load_\kind 0, rsi
    vmovups [rax], zmm0
    add rsi, \chunk_bytes
    add rax, CHUNK_BYTES
    dec rcx
    jnz chunk_\name\()_\kind
    add rdx, 64
    dec r8
    jnz token_\name\()_\kind
.endm

# zmm\a = the sums of halves of zmm\a and zmm\b: of blocks of four lanes, of lanes within them. k5 = 0xff00, k6 = 0xcccc.
# Uses zmm20, zmm21; first the upper half to the lower, then the odd to the even.
.macro join_far_blocks a, b
    vshuff32x4 zmm21, zmm\a, zmm\b, 0x4e
    vmovaps zmm\a{k5}, zmm\b
    vaddps zmm\a, zmm\a, zmm21
.endm
.macro join_near_blocks a, b
    vshuff32x4 zmm21, zmm\a, zmm\b, 0x88
    vshuff32x4 zmm20, zmm\a, zmm\b, 0xdd
    vaddps zmm\a, zmm21, zmm20
.endm
.macro join_far_lanes a, b
    vshufps zmm21, zmm\a, zmm\b, 0x4e
    vmovaps zmm\a{k6}, zmm\b
    vaddps zmm\a, zmm\a, zmm21
.endm
.macro join_near_lanes a, b
    vshufps zmm21, zmm\a, zmm\b, 0x88
    vshufps zmm20, zmm\a, zmm\b, 0xdd
    vaddps zmm\a, zmm21, zmm20
.endm

.macro scaled
    vpmovsxbd zmm0, [rsi]
    vcvtdq2ps zmm0, zmm0
    vmulps zmm0, zmm0, zmm1
    vmovups [rax], zmm0
    add rsi, 16
    add rax, CHUNK_BYTES
    dec rcx
.endm

# The same of codes at rsi, their scales behind those of the whole page.
.macro spread_q8_0 name
    mov r9, [args + chunks]
    shl r9, 10
    add r9, rsi
token_\name\()_q8_0:
    mov rax, rdx
    mov rcx, [args + chunks]
group_\name\()_q8_0:
    movzx r10d, word ptr [r9]
    add r9, 2
    vmovd xmm1, r10d
    vcvtph2ps xmm1, xmm1
    vbroadcastss zmm1, xmm1
    scaled
    je spread_\name\()_q8_0
    scaled
    jnz group_\name\()_q8_0
spread_\name\()_q8_0:
    add rdx, 64
    dec r8
    jnz token_\name\()_q8_0
.endm

# Values for up to four heads: zmm\a to zmm\d hold 64 (or \a 16) elements of head \h of the tile, zmm16 to zmm19 those of
# a token. rdx the head's state, rbp bytes to its elements, r12 bytes to its decay, r11 to the next; r8 its p[t].
.macro start_4 a, b, c, d, h
    vbroadcastss zmm20, [rdx + r12]
    vmulps zmm\a, zmm20, [rdx + rbp]
    vmulps zmm\b, zmm20, [rdx + rbp + 64]
    vmulps zmm\c, zmm20, [rdx + rbp + 128]
    vmulps zmm\d, zmm20, [rdx + rbp + 192]
    add rdx, r11
.endm
.macro step_4 a, b, c, d, h
    vbroadcastss zmm20, [r8 + 256*\h]
    vfmadd231ps zmm\a, zmm20, zmm16
    vfmadd231ps zmm\b, zmm20, zmm17
    vfmadd231ps zmm\c, zmm20, zmm18
    vfmadd231ps zmm\d, zmm20, zmm19
.endm
.macro store_4 a, b, c, d, h
    vmovups [rdx + rbp], zmm\a
    vmovups [rdx + rbp + 64], zmm\b
    vmovups [rdx + rbp + 128], zmm\c
    vmovups [rdx + rbp + 192], zmm\d
    add rdx, r11
.endm
.macro load_4 kind, chunk_bytes
    load_\kind 16, rax
    load_\kind 17, "rax + \chunk_bytes"
    load_\kind 18, "rax + 2*\chunk_bytes"
    load_\kind 19, "rax + 3*\chunk_bytes"
.endm
.macro start_1 a, b, c, d, h
    vbroadcastss zmm20, [rdx + r12]
    vmulps zmm\a, zmm20, [rdx + rbp]
    add rdx, r11
.endm
.macro step_1 a, b, c, d, h
    vbroadcastss zmm20, [r8 + 256*\h]
    vfmadd231ps zmm\a, zmm20, zmm16
.endm
.macro store_1 a, b, c, d, h
    vmovups [rdx + rbp], zmm\a
    add rdx, r11
.endm
.macro load_1 kind, chunk_bytes
    load_\kind 16, rax
.endm

.macro heads_1 action
    \action 0, 1, 2, 3, 0
.endm
.macro heads_2 action
    heads_1 \action
    \action 4, 5, 6, 7, 1
.endm
.macro heads_3 action
    heads_2 \action
    \action 8, 9, 10, 11, 2
.endm
.macro heads_4 action
    heads_3 \action
    \action 12, 13, 14, 15, 3
.endm

# \n heads and \c chunks of values of a \kind: states r9, p r10, values rsi, r15 from a token to the next; rbx tokens.
.macro mix from, kind, chunk_bytes, n, c
    mov rdx, r9
    heads_\n start_\c
    mov rax, rsi
    mov r8, r10
    mov rcx, rbx
token_\from\()_\n\()_\c:
    load_\c \kind, \chunk_bytes
    heads_\n step_\c
    add rax, r15
    add r8, 4
    dec rcx
    jnz token_\from\()_\n\()_\c
    mov rdx, r9
    heads_\n store_\c
    add rbp, 64*\c
    add rsi, \chunk_bytes*\c
.endm

# All chunks of \n heads.
.macro mix_all from, kind, chunk_bytes, n
    xor ebp, ebp
    mov rsi, [args + value_lanes]
    mov r13, [args + chunks]
fours_\from\()_\n:
    cmp r13, 4
    jl ones_\from\()_\n
    mix \from, \kind, \chunk_bytes, \n, 4
    sub r13, 4
    jmp fours_\from\()_\n
ones_\from\()_\n:
    test r13, r13
    je mixed_\from\()_\n
    mix \from, \kind, \chunk_bytes, \n, 1
    dec r13
    jmp ones_\from\()_\n
mixed_\from\()_\n:
.endm

# All r14 heads.
.macro mix_heads from, kind, chunk_bytes
next_heads_\from:
    cmp r14, 4
    jl rest_of_3_\from
    mix_all \from, \kind, \chunk_bytes, 4
    sub r14, 4
    add r10, 1024
    lea r9, [r9 + r11*4]
    jmp next_heads_\from
rest_of_3_\from:
    cmp r14, 3
    jl rest_of_2_\from
    mix_all \from, \kind, \chunk_bytes, 3
    jmp row_done
rest_of_2_\from:
    cmp r14, 2
    jl rest_of_1_\from
    mix_all \from, \kind, \chunk_bytes, 2
    jmp row_done
rest_of_1_\from:
    test r14, r14
    je row_done
    mix_all \from, \kind, \chunk_bytes, 1
    jmp row_done
.endm

.macro begin
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
.endm
.macro finish
    vzeroupper
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
.endm

# rbx = the tokens that the row whose position is at rax sees, at most the page's 64.
.macro visible
    movsxd rbx, dword ptr [rax]
    sub rbx, [args + first_position]
    inc rbx
    mov eax, 64
    cmp rbx, 64
    cmovg rbx, rax
.endm

.macro page_begin kind
.globl attend_page_\kind
attend_page_\kind:
    begin
    mov rax, [args + rows]       # the last row sees most
    mov rcx, [args + positions]
    lea rax, [rcx + rax*4 - 4]
    visible
    mov rdx, [args + scratch]
    mov [args + key_lanes], rdx
    mov rax, [args + chunks]
    imul rax, rax, CHUNK_BYTES
    add rax, rdx
    mov [args + value_lanes], rax
    mov rcx, [args + chunks]
    imul rcx, rcx, CHUNK_BYTES
    add rax, rcx
    mov [args + weights], rax
    mov qword ptr [args + source], SCRATCH
    mov qword ptr [args + token_step], 64
    mov rsi, [args + keys]
    lea r8, [rbx + 15]           # whole tiles of scores; what nobody sees is masked
    and r8, -16
.endm

# Scores of one row, whose keys are read where they are. For up to four heads: zmm\a to zmm\d hold the sums of four tokens
# for head \h, zmm16 to zmm19 a chunk of their keys. r8 the first head's q, r10 bytes to the next head's, r15 three times that.
.macro query_0
    vmovups zmm20, [r8]
.endm
.macro query_1
    vmovups zmm20, [r8 + r10]
.endm
.macro query_2
    vmovups zmm20, [r8 + r10*2]
.endm
.macro query_3
    vmovups zmm20, [r8 + r15]
.endm
.macro dots_zero a, b, c, d, h
    vpxord zmm\a, zmm\a, zmm\a
    vpxord zmm\b, zmm\b, zmm\b
    vpxord zmm\c, zmm\c, zmm\c
    vpxord zmm\d, zmm\d, zmm\d
.endm
.macro dots_add a, b, c, d, h
    query_\h
    vfmadd231ps zmm\a, zmm20, zmm16
    vfmadd231ps zmm\b, zmm20, zmm17
    vfmadd231ps zmm\c, zmm20, zmm18
    vfmadd231ps zmm\d, zmm20, zmm19
.endm
.macro dots_join a, b, c, d, h
    join_far_blocks \a, \b
    join_far_blocks \c, \d
    join_near_blocks \a, \c
    vmovups [rdx + 64*\h], zmm\a
.endm
.macro dots_end a, b, c, d, h
    vmovups zmm\a, [rdx + 64*\h]
    vmovups zmm\b, [rdx + 64*\h + 256]
    vmovups zmm\c, [rdx + 64*\h + 512]
    vmovups zmm\d, [rdx + 64*\h + 768]
    join_far_lanes \a, \b
    join_far_lanes \c, \d
    join_near_lanes \a, \c
    vpermps zmm\a, zmm23, zmm\a
    vmulps zmm\a, zmm\a, [args + scale]{1to16}
    vmovups [rcx + 256*\h], zmm\a
.endm

# Fetches lines [rax + 0 to 64 rcx), a multiple of four.
.macro fetch label
\label:
    prefetcht1 [rax]
    prefetcht1 [rax + 64]
    prefetcht1 [rax + 128]
    prefetcht1 [rax + 192]
    add rax, 256
    sub rcx, 4
    jg \label
.endm

# \n heads: q at r13, scores to [args + scores_to]; keys in blocks of 16 tokens, r9 bytes each token, r11 three of them.
.macro dots kind, chunk_bytes, n
    mov rsi, [args + keys]
    lea rbp, [rbx + 15]
    shr rbp, 4
block_\kind\()_\n:
    mov rdx, [args + key_lanes]
    mov r12, 4
four_\kind\()_\n:
    heads_\n dots_zero
    mov rax, rsi
    mov r8, r13
    mov rcx, [args + chunks]
dot_\kind\()_\n:
    load_\kind 16, rax
    load_\kind 17, "rax + r9"
    load_\kind 18, "rax + r9*2"
    load_\kind 19, "rax + r11"
    heads_\n dots_add
    add rax, \chunk_bytes
    add r8, 64
    dec rcx
    jnz dot_\kind\()_\n
    heads_\n dots_join
    mov rax, [args + next_keys]  # of what comes next, as much as these tokens took
    test rax, rax
    je fetched_\kind\()_\n
    sub rax, [args + keys]
    add rax, rsi
    mov rcx, r9
    shr rcx, 4
    mov r14, rax
    fetch fetch_keys_\kind\()_\n
    mov rax, r14
    sub rax, [args + keys]
    add rax, [args + values]
    mov rcx, r9
    shr rcx, 4
    fetch fetch_values_\kind\()_\n
fetched_\kind\()_\n:
    add rdx, 256
    lea rsi, [rsi + r9*4]
    dec r12
    jnz four_\kind\()_\n
    sub rdx, 1024
    mov rcx, [args + scores_to]
    heads_\n dots_end
    add qword ptr [args + scores_to], 64
    dec rbp
    jnz block_\kind\()_\n
    lea rax, [rbx + 15]
    and rax, -16
    shl rax, 2
    sub [args + scores_to], rax
    mov qword ptr [args + next_keys], 0
    jmp dotted_\kind
.endm

.macro page kind, chunk_bytes, source
    page_begin \kind
    cmp qword ptr [args + rows], 1
    je one_row_\kind
    mov r9, [args + next_keys]
    sub r9, rsi
    mov r10, [args + values]
    sub r10, rsi
    add r10, r9
    spread key, \kind, \chunk_bytes
    mov rsi, [args + values]
    mov rdx, [args + value_lanes]
    mov r8, rbx
    spread value, \kind, \chunk_bytes
    jmp page
one_row_\kind:                   # reads all where it is
    mov rsi, [args + values]
    mov [args + value_lanes], rsi
    mov qword ptr [args + source], \source
    mov rax, [args + chunks]
    mov r10, rax
    shl r10, 6
    lea r15, [r10 + r10*2]
    imul rax, rax, \chunk_bytes
    mov [args + token_step], rax
    mov r9, rax
    lea r11, [r9 + r9*2]
    masks
    mov rax, 0x0d0905010c080400  # where the sums of tokens 0 to 15 lie: four of a block of lanes come from four vectors
    mov [args + order], rax
    mov rax, 0x0f0b07030e0a0602
    mov [args + order + 8], rax
    vpmovzxbd zmm23, [args + order]
    mov rax, [args + heads]
    mov [args + heads_left], rax
    mov r13, [args + query]
    mov rax, [args + weights]
    mov [args + scores_to], rax
more_heads_\kind:
    mov rax, [args + heads_left]
    cmp rax, 4
    jl last_heads_\kind
    dots \kind, \chunk_bytes, 4
last_heads_\kind:
    test rax, rax
    je page
    cmp rax, 2
    je two_heads_\kind
    jl one_head_\kind
    dots \kind, \chunk_bytes, 3
two_heads_\kind:
    dots \kind, \chunk_bytes, 2
one_head_\kind:
    dots \kind, \chunk_bytes, 1
dotted_\kind:
    sub qword ptr [args + heads_left], 4
    jle page
    lea r13, [r13 + r10*4]
    add qword ptr [args + scores_to], 1024
    jmp more_heads_\kind
.endm

    page_begin q8_0
    spread_q8_0 key
    mov rsi, [args + values]
    mov rdx, [args + value_lanes]
    mov r8, rbx
    spread_q8_0 value
    jmp page
page f32, 64, PAGE_F32
page f16, 32, PAGE_F16
page:
    masks
    constants
    mov rax, [args + chunks]
    shl rax, 6
    mov [args + state_end], rax
next_row:
    mov rax, [args + positions]
    visible
    mov rax, -1
    bzhi rax, rax, rbx
    kmovw k1, eax
    shr rax, 16
    kmovw k2, eax
    shr rax, 16
    kmovw k3, eax
    shr rax, 16
    kmovw k4, eax
    mov r12, [args + heads]
    mov r13, [args + query]
    mov r14, [args + states]
    add r14, [args + state_end]
    mov r15, [args + weights]
next_head:
    cmp qword ptr [args + source], SCRATCH
    jne softmax                  # the scores are there
    mov rsi, [args + key_lanes]
    mov rdx, r15
    lea rbp, [rbx + 15]
    shr rbp, 4
next_scores:
    mov rax, rsi
    mov r8, r13
    mov rcx, [args + chunks]
.irp t, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vpxord zmm\t, zmm\t, zmm\t
.endr
next_chunk:
    vmovups zmm18, [r8]
.irp t, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vfmadd231ps zmm\t, zmm18, [rax + 64*\t]
.endr
    add r8, 64
    add rax, CHUNK_BYTES
    dec rcx
    jnz next_chunk
    join_far_blocks 0, 4
    join_far_blocks 1, 5
    join_far_blocks 2, 6
    join_far_blocks 3, 7
    join_far_blocks 8, 12
    join_far_blocks 9, 13
    join_far_blocks 10, 14
    join_far_blocks 11, 15
    join_near_blocks 0, 8
    join_near_blocks 1, 9
    join_near_blocks 2, 10
    join_near_blocks 3, 11
    join_far_lanes 0, 1
    join_far_lanes 2, 3
    join_near_lanes 0, 2
    vmulps zmm0, zmm0, [args + scale]{1to16}
    vmovups [rdx], zmm0
    add rdx, 64
    add rsi, 1024
    dec rbp
    jnz next_scores
softmax:
    constant 21, 0xff7fffff      # -FLT_MAX
    vmovaps zmm0, zmm21
    vmovaps zmm1, zmm21
    vmovaps zmm2, zmm21
    vmovaps zmm3, zmm21
    vmovups zmm0{k1}, [r15]
    vmovups zmm1{k2}, [r15 + 64]
    vmovups zmm2{k3}, [r15 + 128]
    vmovups zmm3{k4}, [r15 + 192]
    vmaxps zmm4, zmm0, zmm1
    vmaxps zmm5, zmm2, zmm3
    vmaxps zmm4, zmm4, zmm5
    fold vmaxps, 4, 5
    vmovss xmm5, [r14]
    vmaxss xmm4, xmm4, xmm5
    vmovss [r14], xmm4
    vsubss xmm5, xmm5, xmm4
    vbroadcastss zmm4, xmm4
    vsubps zmm0, zmm0, zmm4
    vsubps zmm1, zmm1, zmm4
    vsubps zmm2, zmm2, zmm4
    vsubps zmm3, zmm3, zmm4
    exponential 0, 6, 7
    exponential 1, 8, 9
    exponential 2, 10, 11
    exponential 3, 12, 13
    exponential 5, 14, 15
    vmovaps zmm0{k1}{z}, zmm0
    vmovaps zmm1{k2}{z}, zmm1
    vmovaps zmm2{k3}{z}, zmm2
    vmovaps zmm3{k4}{z}, zmm3
    vmovups [r15], zmm0
    vmovups [r15 + 64], zmm1
    vmovups [r15 + 128], zmm2
    vmovups [r15 + 192], zmm3
    vaddps zmm0, zmm0, zmm1
    vaddps zmm2, zmm2, zmm3
    vaddps zmm0, zmm0, zmm2
    fold vaddps, 0, 1
    vfmadd231ss xmm0, xmm5, [r14 + SUM]
    vmovss [r14 + SUM], xmm0
    vmovss [r14 + DECAY], xmm5
    mov rax, [args + state_end]
    add r13, rax                 # a head of q has as many bytes as a state before m
    add r14, [args + state_bytes]
    add r15, 256
    dec r12
    jnz next_head

    mov r9, [args + states]
    mov r10, [args + weights]
    mov r11, [args + state_bytes]
    mov r12, [args + state_end]
    add r12, DECAY
    mov r14, [args + heads]
    mov r15, [args + token_step]
    cmp qword ptr [args + source], PAGE_F16
    je mix_f16
    jg mix_f32
    mix_heads scratch, f32, CHUNK_BYTES
mix_f16:
    mix_heads f16, f16, 32
mix_f32:
    mix_heads f32, f32, 64
row_done:
    mov rax, [args + query_bytes]
    add [args + query], rax
    mov rax, [args + heads]
    imul rax, [args + state_bytes]
    add [args + states], rax
    add qword ptr [args + positions], 4
    dec qword ptr [args + rows]
    jnz next_row
    finish

.globl attend_begin
attend_begin:
    vpxord zmm0, zmm0, zmm0
    mov eax, 0xff7fffff          # -FLT_MAX
    vmovd xmm1, eax              # and zeros
    mov rsi, [args]
    mov rcx, [args + 8]
next_fresh:
    mov rdx, rsi
    mov rax, [args + 24]
next_zeros:
    vmovups [rdx], zmm0
    add rdx, 64
    dec rax
    jnz next_zeros
    vmovups [rdx], zmm1
    add rsi, [args + 16]
    dec rcx
    jnz next_fresh
    vzeroupper
    ret

.globl attend_merge
attend_merge:
    constants
    mov rsi, [args]
    mov rdx, [args + 8]
    mov r8, [args + 16]
    mov r9, [args + 32]
    shl r9, 6
next_state:
    vmovss xmm0, [rsi + r9]
    vmovss xmm1, [rdx + r9]
    vmaxss xmm2, xmm0, xmm1
    vmovss [rsi + r9], xmm2
    vsubss xmm0, xmm0, xmm2
    vsubss xmm1, xmm1, xmm2
    vbroadcastss zmm0, xmm0
    vbroadcastss zmm1, xmm1
    exponential 0, 4, 5
    exponential 1, 6, 7
    vmulss xmm2, xmm1, [rdx + r9 + SUM]
    vfmadd231ss xmm2, xmm0, [rsi + r9 + SUM]
    vmovss [rsi + r9 + SUM], xmm2
    xor eax, eax
next_elements:
    vmulps zmm2, zmm1, [rdx + rax]
    vfmadd231ps zmm2, zmm0, [rsi + rax]
    vmovups [rsi + rax], zmm2
    add rax, 64
    cmp rax, r9
    jl next_elements
    add rsi, [args + 24]
    add rdx, [args + 24]
    dec r8
    jnz next_state
    vzeroupper
    ret

.globl attend_finish
attend_finish:
    mov rsi, [args]
    mov rdx, [args + 8]
    mov r8, [args + 16]
    mov r9, [args + 32]
    shl r9, 6
next_result:
    vbroadcastss zmm0, [rsi + r9 + SUM]
    xor eax, eax
next_quotients:
    vmovups zmm1, [rsi + rax]
    vdivps zmm1, zmm1, zmm0
    vmovups [rdx + rax], zmm1
    add rax, 64
    cmp rax, r9
    jl next_quotients
    add rsi, [args + 24]
    add rdx, r9
    dec r8
    jnz next_result
    vzeroupper
    ret
