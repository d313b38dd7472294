/* The last program of a launch: what executes the container's program, and where a running container is entered.
 *
 * Until here the launcher is a fork of a host's process: its memory, its environment and its executable file are the
 * host's. A process of the container could look into it, write to that file, or name it as an interpreter
 * (`#!/proc/self/exe`). So the plan's last step executes this program from a sealed memfd; its memory is this code, and
 * the arguments and environment that the container's program gets.
 *
 * A pid namespace is joined here and not before: the launcher stays outside, where no process of the container sees,
 * stops or traces it, until it has the container's rights and descriptors only. Its child is born inside, with the same
 * parent (CLONE_PARENT), and executes at once.
 *
 * By now the container's system call filter is in force. What the launcher still has to do goes through it with a
 * number that nobody else knows as sixth argument, which none of these calls has. */
#include "internal.h"
#include "program.h"
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#define LAST_CODE PROGRAM_CODE("compose_last")

struct last_parameters {
    uint64_t pass;
    int32_t failures;   /* pipe for struct claunch_failure */
    int32_t births;     /* where to tell the child's number, or -1: there is none */
    int32_t operation;  /* the plan's last */
    int32_t candidates; /* that many of argv come before the program's own */
    int32_t terminal;   /* standard input is to control the child's session */
};

_Static_assert(sizeof(struct last_parameters) <= PROGRAM_PARAMETERS, "they fit");

LAST_CODE _Noreturn static void last_failed(const struct last_parameters *own, int operation, long error) {
    struct claunch_failure failure = {.operation = operation, .error = (int32_t)error};
    raw_call(SYS_write, own->failures, (long)&failure, sizeof failure, 0, 0, (long)own->pass);
    for (;;) raw_call(SYS_exit_group, 127, 0, 0, 0, 0, (long)own->pass);
}

/* Returns in the child. */
LAST_CODE static void last_enter(const struct last_parameters *own) {
    const long pass = (long)own->pass;
    long pid = raw_call(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0, pass);
    if (pid < 0) last_failed(own, own->operation + 1, -pid);
    if (pid > 0) {
        int number = (int)pid;
        raw_call(SYS_write, own->births, (long)&number, sizeof number, 0, 0, pass);
        for (;;) raw_call(SYS_exit_group, 0, 0, 0, 0, 0, pass);
    }
    raw_call(SYS_setsid, 0, 0, 0, 0, 0, pass);
    if (!own->terminal) return;
    long result = raw_call(SYS_ioctl, 0, TIOCSCTTY, 0, 0, 0, pass);
    if (result < 0) last_failed(own, own->operation + 1, -result);
}

LAST_CODE _Noreturn static void last_main(long *stack) {
    const struct last_parameters *own = (const void *)(uintptr_t)(PROGRAM_ADDRESS + PROGRAM_PARAMETERS_OFFSET);
    char **argv = (char **)(stack + 1), **envp = argv + stack[0] + 1;
    /* Its pipe is only there the first time: a program of the container that executes /proc/self/exe gets nothing. */
    if (raw_call(SYS_write, own->failures, (long)own, 0, 0, 0, (long)own->pass) != 0) last_failed(own, 0, EBADF);
    raw_call(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC, 0, 0, (long)own->pass);
    /* Its user may be somebody's on the host as well. execve(2) ends this. */
    raw_call(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0, (long)own->pass);
    if (own->births >= 0) last_enter(own);
    long error = ENOENT;
    for (int i = 0; i < own->candidates; i++) {
        long result = -raw_call(SYS_execve, (long)argv[i], (long)(argv + own->candidates), (long)envp, 0, 0, 0);
        if (result == EACCES) error = EACCES; /* found, but a later directory may have a better one */
        else if (result != ENOENT && result != ENOTDIR) last_failed(own, own->operation, result);
    }
    last_failed(own, own->operation, error);
}

LAST_CODE __attribute__((naked)) static void last_start(void) {
#if defined(__x86_64__)
    __asm__ volatile("xor %%ebp, %%ebp\n\tmov %%rsp, %%rdi\n\tand $-16, %%rsp\n\tcall %P0" : : "i"(last_main));
#else
    __asm__ volatile("mov x29, #0\n\tmov x0, sp\n\tbl %0" : : "i"(last_main));
#endif
}

extern const char __start_compose_last[], __stop_compose_last[];

static int table_length(const struct child *child, uint32_t offset) {
    const uint64_t *table = (const void *)(child->base + offset);
    int count = 0;
    while (table[count] != 0) count++;
    return count;
}

int prepare_last_program(struct child *child, const struct claunch_op *op) {
    if (syscall(SYS_getrandom, &child->pass, sizeof child->pass, 0) != sizeof child->pass) return -1;
    const struct claunch_plan *plan = child->plan;
    const struct claunch_op *ops = (const void *)(child->base + plan->operations);
    for (uint32_t i = 0; i < plan->operation_count; i++)
        if (ops[i].kind == CLAUNCH_FORK_INIT && (child->init_program = make_init_program()) < 0) return -1;
    const struct claunch_op *last = &ops[plan->operation_count - 1];
    if (last->kind != CLAUNCH_EXEC) {
        errno = EINVAL;
        return -1;
    }
    const struct last_parameters parameters = {
        .pass = child->pass,
        .failures = slot(child, plan->error_slot),
        .births = child->births,
        .operation = (int32_t)plan->operation_count - 1,
        .candidates = table_length(child, last->a),
        .terminal = op->n != 0,
    };
    const struct program program = {
        .name = "launch",
        .code = __start_compose_last,
        .end = __stop_compose_last,
        .entry = (const char *)last_start,
        .parameters = &parameters,
        .parameters_length = sizeof parameters,
    };
    child->last_program = make_program(&program);
    return child->last_program < 0 ? -1 : 0;
}

int close_on_exec(const struct child *child) {
    if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return -1;
    /* These two go along with the last program, which itself sees to it that they end there. */
    if (child->last_program < 0) return 0;
    if (syscall(SYS_fcntl, slot(child, child->plan->error_slot), F_SETFD, 0) != 0) return -1;
    return child->births < 0 ? 0 : (int)syscall(SYS_fcntl, child->births, F_SETFD, 0);
}

char **pointers(const struct child *child, uint32_t offset, int *count) {
    /* Always as pointers: as integers the compiler might read them before they were written. */
    char **table = (void *)(child->base + offset);
    for (*count = 0; table[*count] != NULL; (*count)++) table[*count] = child->base + (uintptr_t)table[*count];
    return table;
}

_Noreturn void exec_program(struct child *child, const struct claunch_op *op, int operation) {
    int count, ignored;
    char **candidates = pointers(child, op->a, &count);
    char **argv = pointers(child, op->b, &ignored), **envp = pointers(child, op->c, &ignored);
    if (child->is_init) become_init(child, argv, envp, operation);
    wait_for_init(child);
    /* The table of argv has free places before it for these. */
    argv -= count;
    for (int i = 0; i < count; i++) argv[i] = candidates[i];
    syscall(SYS_execveat, child->last_program, "", argv, envp, AT_EMPTY_PATH, child->pass);
    fail(child, operation, errno);
}

#if defined(__x86_64__)
enum { OWN_ARCHITECTURE = AUDIT_ARCH_X86_64 };
#else
enum { OWN_ARCHITECTURE = AUDIT_ARCH_AARCH64 };
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, field)
#define ALLOW_IF(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define ARGUMENT(index, half) (offsetof(struct seccomp_data, args) + 8 * (index) + 4 * (half))

size_t let_last_program_pass(struct sock_filter *filter, uint64_t pass) {
    /* Places in the list, from its end; what follows the end is the container's own filter. */
    const struct sock_filter rules[LAST_PROGRAM_RULES] = {
        LOAD(offsetof(struct seccomp_data, arch)),
        ALLOW_IF(OWN_ARCHITECTURE, 0, 17),
        LOAD(offsetof(struct seccomp_data, nr)),
        ALLOW_IF(SYS_execveat, 10, 0),
        ALLOW_IF(SYS_prctl, 9, 0),
        ALLOW_IF(SYS_read, 8, 0),
        ALLOW_IF(SYS_close_range, 7, 0),
        ALLOW_IF(SYS_clone, 6, 0),
        ALLOW_IF(SYS_write, 5, 0),
        ALLOW_IF(SYS_setsid, 4, 0),
        ALLOW_IF(SYS_exit_group, 3, 0),
        ALLOW_IF(SYS_ioctl, 0, 7),
        LOAD(ARGUMENT(1, 0)),
        ALLOW_IF(TIOCSCTTY, 0, 5),
        LOAD(ARGUMENT(5, 0)),
        ALLOW_IF(pass, 0, 3),
        LOAD(ARGUMENT(5, 1)),
        ALLOW_IF(pass >> 32, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    for (size_t i = 0; i < LAST_PROGRAM_RULES; i++) filter[i] = rules[i];
    return LAST_PROGRAM_RULES;
}
