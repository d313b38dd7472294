/* How the keeper comes to be: a process of its own session without any parent who waits for it. */
#include "internal.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { FIRST_FREE = 6, BACKLOG = 64 };

static const char name[] = "compose: keeper";

/* Leaves only the three descriptors (as 3, 4, 5) and /dev/null as 0, 1, 2. */
static int arrange_descriptors(int *listener, int *directory, int *exit_log) {
    int own[3] = {*listener, *directory, *exit_log};
    for (int i = 0; i < 3; i++) {
        own[i] = fcntl(own[i], F_DUPFD_CLOEXEC, FIRST_FREE);
        if (own[i] < 0) return -1;
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return -1;
    for (int i = 0; i < 3; i++)
        if (dup2(null, i) < 0 || dup3(own[i], 3 + i, O_CLOEXEC) < 0) return -1;
    syscall(SYS_close_range, FIRST_FREE, ~0U, 0);
    *listener = 3;
    *directory = 4;
    *exit_log = 5;
    return 0;
}

_Noreturn static void become_keeper(int listener, int directory, int exit_log, char *title, size_t title_length) {
    setsid();
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGCHLD, SIG_DFL); /* an ignored SIGCHLD would reap by itself and lose the status */
    umask(0);
    if (chdir("/") != 0 || arrange_descriptors(&listener, &directory, &exit_log) != 0) _exit(1);
    prctl(PR_SET_NAME, name, 0, 0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        if (write(score, "-500", 4) < 0) {} /* without the right to, the default has to do */
        close(score);
    }
    if (title_length > sizeof name) {
        memset(title, 0, title_length);
        memcpy(title, name, sizeof name);
    }
    /* Once more, and from here: who connects sees the process that listened last (SO_PEERCRED). */
    listen(listener, BACKLOG);
    keeper_loop(listener, directory, exit_log);
}

int claunch_fork_keeper(int listener, int directory, int exit_log, char *title, size_t title_length) {
    pid_t between = fork();
    if (between < 0) return errno;
    if (between == 0) {
        pid_t keeper = fork();
        if (keeper == 0) become_keeper(listener, directory, exit_log, title, title_length);
        _exit(keeper < 0 ? errno : 0);
    }
    int status = 0;
    while (waitpid(between, &status, 0) < 0)
        if (errno != EINTR) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EAGAIN;
}
