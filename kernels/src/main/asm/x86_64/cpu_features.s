# cpu_features: what the processor and the operating system offer.
#
# Takes:    rdi = four 32-bit words to fill: 0 leaf 1 ecx   4 leaf 7 ebx   8 leaf 7 ecx   12 XCR0 (0 if not readable)
# Keeps:    rbx
.intel_syntax noprefix
.text
.globl cpu_features
cpu_features:
    push rbx
    xor eax, eax
    mov [rdi], eax
    mov [rdi + 4], eax
    mov [rdi + 8], eax
    mov [rdi + 12], eax
    cpuid
    cmp eax, 7
    jl done
    mov eax, 1
    xor ecx, ecx
    cpuid
    mov [rdi], ecx
    shr ecx, 27                  # OSXSAVE
    and ecx, 1
    je leaf_7
    xor ecx, ecx
    xgetbv
    mov [rdi + 12], eax
leaf_7:
    mov eax, 7
    xor ecx, ecx
    cpuid
    mov [rdi + 4], ebx
    mov [rdi + 8], ecx
done:
    pop rbx
    ret
