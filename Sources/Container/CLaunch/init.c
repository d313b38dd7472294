/* Process 1 of containers with `init: true`: passes signals on to its only own child, reaps, ends as that ends.
 *
 * Its code lies in a section of its own and needs nothing from outside it, so that the child can write it into a memfd
 * as a complete ELF program and execute that: /proc/1/exe then is not the host's binary, and nothing of the memory it
 * was forked from stays with the container. */
#include "internal.h"
#include "program.h"
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>

#define INIT_CODE PROGRAM_CODE("compose_init")

/* First process forked in a new pid namespace after process 1. */
enum { WORKLOAD = 2 };

INIT_CODE static long init_call(long number, long a, long b, long c, long d) {
    return raw_call(number, a, b, c, d, 0, 0);
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

int make_init_program(void) {
    const struct program program = {
        .name = "init", .code = __start_compose_init, .end = __stop_compose_init, .entry = (const char *)init_start};
    return make_program(&program);
}

int fork_init(struct child *child, const struct claunch_op *op) {
    const uint64_t all = ~0ULL, none = 0;
    int gate[2];
    if (syscall(SYS_pipe2, gate, O_CLOEXEC) != 0) return -1;
    /* Nothing may get lost between the fork and process 1's first wait. */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
    uint64_t arguments[8] = {[4] = SIGCHLD};
    long pid = syscall(SYS_clone3, arguments, sizeof arguments);
    if (pid < 0) return -1;
    if (pid > 0) {
        child->is_init = 1;
        return (int)syscall(SYS_close, gate[0]);
    }
    child->init_gate = gate[0];
    syscall(SYS_close, gate[1]);
    /* A group of its own, in front of the terminal: what is typed there reaches it once. */
    syscall(SYS_setpgid, 0, 0);
    if (op->n != 0) {
        int group = (int)syscall(SYS_getpid);
        syscall(SYS_ioctl, 0, TIOCSPGRP, &group);
    }
    return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}

/* Process 1 is a fork of the host's process until it executes its own program: before that nothing of the container
 * may run beside it. The gate's other end is close-on-exec there. */
void wait_for_init(const struct child *child) {
    char byte;
    if (child->init_gate >= 0) syscall(SYS_read, child->init_gate, &byte, 1, 0, 0, child->pass);
}

_Noreturn void become_init(const struct child *child, char **argv, char **envp, int operation) {
    static char name[] = "/sbin/docker-init", separator[] = "--";
    /* The table of argv has two free places before it for this. */
    argv[-2] = name;
    argv[-1] = separator;
    syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC, 0, 0, child->pass);
    syscall(SYS_execveat, child->init_program, "", argv - 2, envp, AT_EMPTY_PATH, child->pass);
    fail(child, operation, errno);
}
