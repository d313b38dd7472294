/* clone3(2) and what parent and child do right before and after it. */
#include "internal.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

/* The kernel's struct clone_args, version 2 (Linux 5.7). */
struct clone_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

static int table_is_valid(const struct claunch_plan *plan, uint32_t offset) {
    if (offset % sizeof(uint64_t) != 0) return 0;
    const char *base = (const char *)plan;
    for (; offset + sizeof(uint64_t) <= plan->length; offset += sizeof(uint64_t)) {
        uint64_t entry = *(const uint64_t *)(const void *)(base + offset);
        if (entry == 0) return 1;
        if (entry >= plan->length) return 0;
    }
    return 0;
}

/* The candidates move to before argv: that has to lie behind them, in the arena. */
static int has_room_before(const struct claunch_plan *plan, const struct claunch_op *op) {
    const uint64_t *table = (const void *)((const char *)plan + op->a);
    uint64_t count = 0;
    while (table[count] != 0) count++;
    return op->b >= op->a + (count + 1) * sizeof *table + (count < 2 ? 2 : count) * sizeof *table;
}

int claunch_plan_is_valid(const struct claunch_plan *plan, size_t length) {
    if (length < sizeof *plan || plan->magic != CLAUNCH_MAGIC || plan->length != length) return 0;
    if (plan->slot_count > CLAUNCH_SLOTS || plan->tag[CLAUNCH_NAME - 1] != 0) return 0;
    const char *base = (const char *)plan;
    if (base[length - 1] != 0 || plan->operations % 8 != 0) return 0; /* every string ends within */
    if (plan->operations > length || plan->operation_count > (length - plan->operations) / sizeof(struct claunch_op))
        return 0;
    const int32_t outside = (int32_t)plan->slot_count;
    if (plan->error_slot < 0 || plan->error_slot >= outside) return 0;
    if (plan->pid_namespace_slot >= outside || plan->cgroup_slot >= outside) return 0;
    if (plan->operation_count == 0) return 0;
    const struct claunch_op *op = (const void *)(base + plan->operations);
    for (uint32_t i = 0; i < plan->operation_count; i++, op++) {
        if (op->a >= length || op->b >= length || op->c >= length) return 0;
        if (op->blob > length || op->blob_length > length - op->blob) return 0;
        if (op->x >= CLAUNCH_SLOTS || op->y >= CLAUNCH_SLOTS || op->z >= CLAUNCH_SLOTS) return 0;
        if (op->kind == CLAUNCH_EXEC
            && !(table_is_valid(plan, op->a) && table_is_valid(plan, op->b) && table_is_valid(plan, op->c)
                 && has_room_before(plan, op)))
            return 0;
        if (op->kind == CLAUNCH_HOOK && !(table_is_valid(plan, op->b) && table_is_valid(plan, op->c))) return 0;
    }
    return 1;
}

uint64_t claunch_start_ticks(int pid) {
    char path[32] = "/proc/", digits[12], line[1024];
    size_t end = 6, count = 0;
    for (unsigned rest = (unsigned)pid; count == 0 || rest > 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
    while (count > 0) path[end++] = digits[--count];
    memcpy(path + end, "/stat", 6);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t length = read(fd, line, sizeof line - 1);
    close(fd);
    if (length <= 0) return 0;
    line[length] = 0;
    /* The command in field 2 may hold spaces and parentheses: fields count from the last ')'. */
    const char *field = strrchr(line, ')');
    for (int number = 2; field != NULL && number < 22; number++) {
        field = strchr(field + 1, ' ');
    }
    if (field == NULL) return 0;
    uint64_t ticks = 0;
    for (field++; *field >= '0' && *field <= '9'; field++) ticks = ticks * 10 + (uint64_t)(*field - '0');
    return ticks;
}

/* What else this process has open is none of the child's business. */
static void close_others(const struct child *child) {
    for (unsigned first = 3;;) {
        unsigned next = ~0U;
        for (int i = -1; i < CLAUNCH_SLOTS; i++) {
            int fd = i < 0 ? child->births : child->slots[i];
            if (fd >= 0 && (unsigned)fd >= first && (unsigned)fd < next) next = (unsigned)fd;
        }
        if (next > first) syscall(SYS_close_range, first, next == ~0U ? next : next - 1, 0U);
        if (next == ~0U) return;
        first = next + 1;
    }
}

/* Not one of the standard streams' numbers: those get their own descriptors later. */
static int above_streams(int fd) { return fd < 0 || fd > 2 ? fd : (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3); }

/* In the child: the plan runs. */
_Noreturn static void begin(const struct claunch_plan *plan, const int *descriptors, uint32_t count, int births) {
    const int namespace = plan->pid_namespace_slot;
    struct child child = {
        .base = (char *)(uintptr_t)plan,
        .plan = plan,
        .births = namespace < 0 ? -1 : above_streams(births),
        .last_program = -1,
        .init_program = -1,
        .init_gate = -1,
    };
    for (int i = 0; i < CLAUNCH_SLOTS; i++) child.slots[i] = -1;
    for (uint32_t i = 0; i < count; i++) child.slots[i] = above_streams(descriptors[i]);
    close_others(&child);
    /* For its child; it stays outside itself. */
    if (namespace >= 0 && syscall(SYS_setns, child.slots[namespace], CLONE_NEWPID) != 0)
        fail(&child, (int)plan->operation_count, errno);
    run_plan(&child);
}

int claunch_start(const struct claunch_plan *plan, const int *descriptors, uint32_t count, int births,
                  struct claunch_child *result) {
    if (count != plan->slot_count || (plan->pid_namespace_slot >= 0 && births < 0)) return EINVAL;
    int pidfd = -1;
    struct clone_arguments arguments = {
        .flags = plan->clone_flags | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
        .pidfd = (uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
    };
    if (plan->cgroup_slot >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)descriptors[plan->cgroup_slot];
    }
    /* No handler of this process may run in the child. */
    uint64_t all = ~0ULL, before = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0) begin(plan, descriptors, count, births);
    int error = pid < 0 ? errno : 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
    if (error != 0) return error;
    result->pid = (int32_t)pid;
    result->pidfd = pidfd;
    result->start_ticks = claunch_start_ticks((int)pid);
    return 0;
}
