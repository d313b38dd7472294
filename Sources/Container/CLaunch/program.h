/* Programs of a few hundred bytes that a child makes in memory and executes: nothing of the host is in them. */
#ifndef COMPOSE_CLAUNCH_PROGRAM_H
#define COMPOSE_CLAUNCH_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

enum {
    PROGRAM_ADDRESS = 0x400000,
    /* Bytes that its maker can tell it. */
    PROGRAM_PARAMETERS = 64,
    /* Where they lie: after the headers. */
    PROGRAM_PARAMETERS_OFFSET = 120,
};

/* For functions of a program: all of them lie in one section, which needs nothing from outside of it. */
#define PROGRAM_CODE(name) __attribute__((section(name), noinline, used, no_stack_protector))

/* A system call without libc; the result is negative for an error. */
__attribute__((always_inline)) static inline long raw_call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#else
#error "the launcher's programs are written for x86-64 and AArch64"
#endif
}

/* A section's code with where it begins to run, and what it is told. */
struct program {
    const char *name;
    const char *code, *end, *entry;
    const void *parameters;
    size_t parameters_length;
};

/* A sealed memfd with the program as an ELF file, or a file on a read-only mount of its own where memfds may not be
 * executed. Returns -1 with errno set on failure. */
int make_program(const struct program *program);

#endif
