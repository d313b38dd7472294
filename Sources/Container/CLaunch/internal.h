/* What the files of this target share. */
#ifndef COMPOSE_CLAUNCH_INTERNAL_H
#define COMPOSE_CLAUNCH_INTERNAL_H

#include "include/CLaunch.h"
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The child's state. Lives on its stack. */
struct child {
    char *base; /* the plan's block, writable and private */
    const struct claunch_plan *plan;
    int is_init; /* process 1 of a container with init: true */
    int births;  /* an intermediate tells the number of its child there; -1 in all others */
    int last_program, init_program; /* memfds; -1 while there is none */
    int init_gate; /* at its end process 1 is itself; -1 without one */
    uint64_t pass; /* lets the launcher's last calls through the container's filter */
    int slots[CLAUNCH_SLOTS];
};

static inline const char *text(const struct child *child, uint32_t offset) {
    return offset == 0 ? NULL : child->base + offset;
}

static inline int slot(const struct child *child, int32_t index) { return index < 0 ? -1 : child->slots[index]; }

/* Puts `fd` into a slot and closes what was there. Returns -1 for a failed call's -1. */
static inline int fill(struct child *child, int32_t index, int fd) {
    if (fd < 0) return -1;
    if (index < 0) {
        errno = EINVAL;
        return -1;
    }
    if (child->slots[index] >= 0) syscall(SYS_close, child->slots[index]);
    child->slots[index] = fd;
    return 0;
}

/* All return -1 with errno set on failure. */
int run_mount_operation(struct child *child, const struct claunch_op *op);
int run_path_operation(struct child *child, const struct claunch_op *op);
int run_process_operation(struct child *child, const struct claunch_op *op);
int run_terminal_operation(struct child *child, const struct claunch_op *op);

/* Opens (O_PATH) `path` below `root`, making what is missing. */
int resolve(int root, const char *path, uint64_t missing, int alike);
/* Opens `path` below `root` as the root of a process there would see it. */
int open_in_root(int root, const char *path, uint64_t flags, uint64_t resolve);
int write_all(int fd, const char *bytes, size_t length);
/* Does `fd` lie on a file system of this type? */
int is_on(int fd, long magic);
/* Is it the null device? */
int is_null(int fd);

enum { LAST_PROGRAM_RULES = 19 };

int make_init_program(void);
int prepare_last_program(struct child *child, const struct claunch_op *op);
int close_on_exec(const struct child *child);
void wait_for_init(const struct child *child);
struct sock_filter;
/* Writes the rules that let the last program's own calls pass, to stand before the container's. Returns their number. */
size_t let_last_program_pass(struct sock_filter *filter, uint64_t pass);
_Noreturn void exec_program(struct child *child, const struct claunch_op *op, int operation);
/* Turns a table of offsets into one of pointers, where it lies. */
char **pointers(const struct child *child, uint32_t offset, int *count);
int run_hook(const struct child *child, const struct claunch_op *op);
int fork_init(struct child *child, const struct claunch_op *op);
_Noreturn void become_init(const struct child *child, char **argv, char **envp, int operation);
_Noreturn void fail(const struct child *child, int operation, int error);
_Noreturn void run_plan(struct child *child);

/* The end of a process that was reaped before its intermediate told of it. */
struct early_end {
    int pid, pidfd, status;
    uint64_t start_ticks;
};

/* Of a process that is about to be reaped; its status is set afterwards. */
struct early_end *remember_early(int pid);
/* 1 if it was remembered: then the pidfd is the caller's. */
int take_early(int pid, struct early_end *end);
void forget_early(void);

_Noreturn void keeper_loop(int listener, int directory, int exit_log);

#endif
