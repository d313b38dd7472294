/* Programs of the host that take part in the making of a container: the OCI runtime specification's hooks. */
#include "internal.h"
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* A pipe takes as much without a reader; what a hook is told is far shorter. */
enum { MESSAGE_LIMIT = 4096 };

/* A pipe that holds the message. */
static int message(const char *bytes, size_t length) {
    int ends[2];
    if (length > MESSAGE_LIMIT) {
        errno = E2BIG;
        return -1;
    }
    if (syscall(SYS_pipe2, ends, O_CLOEXEC) != 0) return -1;
    int written = write_all(ends[1], bytes, length);
    syscall(SYS_close, ends[1]);
    if (written == 0) return ends[0];
    syscall(SYS_close, ends[0]);
    return -1;
}

static _Noreturn void become_hook(const struct child *child, const struct claunch_op *op, int input) {
    const uint64_t none = 0;
    int ignored, errors = slot(child, op->x);
    char **argv = pointers(child, op->b, &ignored), **envp = pointers(child, op->c, &ignored);
    int null = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC);
    syscall(SYS_dup3, input, 0, 0);
    syscall(SYS_dup3, errors >= 0 ? errors : null, 1, 0);
    syscall(SYS_dup3, errors >= 0 ? errors : null, 2, 0);
    syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
    syscall(SYS_execve, text(child, op->a), argv, envp);
    for (;;) syscall(SYS_exit_group, errno == ENOENT ? 127 : 126);
}

/* errno for how it ended; 0 for code 0. */
static int verdict(const siginfo_t *end) {
    if (end->si_code != CLD_EXITED) return EINTR;
    switch (end->si_status) {
    case 0: return 0;
    case 126: return EACCES;
    case 127: return ENOENT;
    default: return ECANCELED;
    }
}

int run_hook(const struct child *child, const struct claunch_op *op) {
    int input = message(child->base + op->blob, op->blob_length);
    if (input < 0) return -1;
    int pidfd = -1;
    uint64_t arguments[8] = {[0] = CLONE_PIDFD, [1] = (uint64_t)(uintptr_t)&pidfd, [4] = SIGCHLD};
    long pid = syscall(SYS_clone3, arguments, sizeof arguments);
    if (pid == 0) become_hook(child, op, input);
    int error = errno;
    syscall(SYS_close, input);
    if (pid < 0) {
        errno = error;
        return -1;
    }
    struct timespec patience = {.tv_sec = (long)op->n};
    struct pollfd watched = {.fd = pidfd, .events = POLLIN};
    long ended;
    do ended = syscall(SYS_ppoll, &watched, 1U, &patience, NULL, 0UL); /* the kernel takes what has passed off `patience` */
    while (ended < 0 && errno == EINTR);
    if (ended <= 0) syscall(SYS_kill, pid, SIGKILL);
    siginfo_t end = {0};
    while (syscall(SYS_waitid, P_PIDFD, pidfd, &end, WEXITED, NULL) < 0 && errno == EINTR) {}
    syscall(SYS_close, pidfd);
    errno = ended <= 0 ? ETIMEDOUT : verdict(&end);
    return errno == 0 ? 0 : -1;
}
