/* The child's way through the plan. Everything here and below runs between clone3 and execve: system calls only. */
#include "internal.h"

_Noreturn void fail(const struct child *child, int operation, int error) {
    struct claunch_failure failure = {.operation = operation, .error = error};
    syscall(SYS_write, child->slots[child->plan->error_slot], &failure, sizeof failure);
    for (;;) syscall(SYS_exit_group, 127);
}

static int run(struct child *child, const struct claunch_op *op, int operation) {
    switch (op->kind) {
    case CLAUNCH_PROPAGATION:
    case CLAUNCH_NEW_MOUNT:
    case CLAUNCH_CLONE_TREE:
    case CLAUNCH_MOUNT_ATTRIBUTES:
    case CLAUNCH_ATTACH:
    case CLAUNCH_PIVOT:
    case CLAUNCH_MASK:
    case CLAUNCH_READ_ONLY_PATH:
    case CLAUNCH_MOUNT:
        return run_mount_operation(child, op);
    case CLAUNCH_WRITE_SLOT:
    case CLAUNCH_WRITE_PROC:
    case CLAUNCH_RESOLVE:
    case CLAUNCH_NEW_FILE:
    case CLAUNCH_MAKE_NODE:
    case CLAUNCH_MAKE_LINK:
    case CLAUNCH_OPEN:
    case CLAUNCH_WORKING_DIRECTORY:
    case CLAUNCH_SYSCTL:
    case CLAUNCH_HOST_DIRECTORY:
        return run_path_operation(child, op);
    case CLAUNCH_TERMINAL:
    case CLAUNCH_CONSOLE:
    case CLAUNCH_CONTROLLING_TERMINAL:
    case CLAUNCH_STREAM:
        return run_terminal_operation(child, op);
    case CLAUNCH_FORK_INIT:
        return fork_init(child, op);
    case CLAUNCH_HOOK:
        return run_hook(child, op);
    case CLAUNCH_LAST_PROGRAM:
        /* Tolerated by keepers that are older than this operation, and by nobody else. */
        if (prepare_last_program(child, op) != 0) fail(child, operation, errno);
        return 0;
    default:
        return run_process_operation(child, op);
    }
}

static int is_tolerated(const struct claunch_op *op, int error) {
    if (op->tolerance == CLAUNCH_TOLERATE_ALL) return 1;
    return op->tolerance == CLAUNCH_TOLERATE_MISSING && (error == ENOENT || error == ENOTDIR);
}

_Noreturn void run_plan(struct child *child) {
    const struct claunch_op *ops = (const void *)(child->base + child->plan->operations);
    for (uint32_t i = 0; i < child->plan->operation_count; i++) {
        if (ops[i].kind == CLAUNCH_EXEC) exec_program(child, &ops[i], (int)i);
        if (run(child, &ops[i], (int)i) != 0 && !is_tolerated(&ops[i], errno)) fail(child, (int)i, errno);
    }
    fail(child, (int)child->plan->operation_count, EINVAL);
}
