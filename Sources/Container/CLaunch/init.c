/* Process 1 of containers with `init: true`: passes signals on to its only own child, reaps, ends as that ends.
 *
 * Its code lies in a section of its own and needs nothing from outside it, so that the child can write it into a memfd
 * as a complete ELF program and execute that: /proc/1/exe then is not the host's binary, and nothing of the memory it
 * was forked from stays with the container. */
#include "internal.h"
#include <elf.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>

#define INIT_CODE __attribute__((section("compose_init"), noinline, used, no_stack_protector))

/* First process forked in a new pid namespace after process 1. */
enum { WORKLOAD = 2 };

/* MFD_EXEC, which older headers lack. */
enum { EXECUTABLE = 0x10 };

INIT_CODE static long init_call(long number, long a, long b, long c, long d) {
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
#else
#error "process 1 is written for x86-64 and AArch64"
#endif
}

INIT_CODE static void init_reap(void) {
    for (;;) {
        int status = 0;
        long pid = init_call(SYS_wait4, -1, (long)&status, 1 /* WNOHANG */, 0);
        if (pid <= 0) return;
        if (pid != WORKLOAD) continue;
        int signal = status & 0x7f;
        for (;;) init_call(SYS_exit_group, signal == 0 ? (status >> 8) & 0xff : 128 + signal, 0, 0, 0);
    }
}

INIT_CODE static void init_loop(void) {
    const unsigned long all = ~0UL;
    init_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, 0, sizeof all);
    for (;;) {
        init_reap();
        long signal = init_call(SYS_rt_sigtimedwait, (long)&all, 0, 0, sizeof all);
        if (signal > 0 && signal != SIGCHLD) init_call(SYS_kill, WORKLOAD, signal, 0, 0);
    }
}

/* Where the program begins. */
INIT_CODE __attribute__((naked)) static void init_start(void) {
#if defined(__x86_64__)
    __asm__ volatile("xor %%ebp, %%ebp\n\tand $-16, %%rsp\n\tcall %P0" : : "i"(init_loop));
#else
    __asm__ volatile("mov x29, #0\n\tbl %0" : : "i"(init_loop));
#endif
}

extern const char __start_compose_init[], __stop_compose_init[];

struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
};

/* An ELF program of one segment: headers and the section above. */
static int make_program(void) {
    const uint64_t address = 0x400000;
    const uint64_t code = (uint64_t)(__stop_compose_init - __start_compose_init);
    struct image image = {
        .header =
            {
                .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                .e_type = ET_EXEC,
#if defined(__x86_64__)
                .e_machine = EM_X86_64,
#else
                .e_machine = EM_AARCH64,
#endif
                .e_version = EV_CURRENT,
                .e_entry = address + sizeof image + (uint64_t)((const char *)init_start - __start_compose_init),
                .e_phoff = sizeof image.header,
                .e_ehsize = sizeof image.header,
                .e_phentsize = sizeof image.segment,
                .e_phnum = 1,
            },
        .segment =
            {
                .p_type = PT_LOAD,
                .p_flags = PF_R | PF_X,
                .p_vaddr = address,
                .p_paddr = address,
                .p_filesz = sizeof image + code,
                .p_memsz = sizeof image + code,
                .p_align = 0x1000,
            },
    };
    /* Since Linux 6.3 the right to execute may have to be asked for; older ones do not know the flag. */
    int fd = (int)syscall(SYS_memfd_create, "init", MFD_CLOEXEC | MFD_ALLOW_SEALING | EXECUTABLE);
    if (fd < 0) fd = (int)syscall(SYS_memfd_create, "init", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return -1;
    if (write_all(fd, (const char *)&image, sizeof image) == 0 && write_all(fd, __start_compose_init, code) == 0
        && syscall(SYS_fchmod, fd, 0555) == 0
        && syscall(SYS_fcntl, fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
        return fd;
    syscall(SYS_close, fd);
    return -1;
}

int fork_init(struct child *child, const struct claunch_op *op) {
    const uint64_t all = ~0ULL, none = 0;
    /* Nothing may get lost between the fork and process 1's first wait. */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
    uint64_t arguments[8] = {[4] = SIGCHLD};
    long pid = syscall(SYS_clone3, arguments, sizeof arguments);
    if (pid < 0) return -1;
    if (pid > 0) {
        child->is_init = 1;
        return 0;
    }
    /* A group of its own, in front of the terminal: what is typed there reaches it once. */
    syscall(SYS_setpgid, 0, 0);
    if (op->n != 0) {
        int group = (int)syscall(SYS_getpid);
        syscall(SYS_ioctl, 0, TIOCSPGRP, &group);
    }
    return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}

_Noreturn void become_init(char **argv, char **envp) {
    static char name[] = "/sbin/docker-init", separator[] = "--";
    /* The table of argv has two free places before it for this. */
    argv[-2] = name;
    argv[-1] = separator;
    int program = make_program();
    if (program >= 0) syscall(SYS_execveat, program, "", argv - 2, envp, AT_EMPTY_PATH);
    /* A filter without execveat, or a kernel that forbids executable memfds: the same loop from here. */
    syscall(SYS_close_range, 0U, ~0U, 0U);
    init_loop();
    for (;;) syscall(SYS_exit_group, 127);
}
