/* Operations on the process itself: identity, rights, limits. */
#include "internal.h"
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum { SIGNAL_COUNT = 64 };

static size_t length_of(const char *string) {
    size_t length = 0;
    while (string != NULL && string[length] != 0) length++;
    return length;
}

static long control(int option, unsigned long a, unsigned long b) { return syscall(SYS_prctl, option, a, b, 0UL, 0UL); }

static int reset_signals(void) {
    /* The kernel's struct sigaction, all zero: SIG_DFL. Ignored signals would stay ignored over execve otherwise. */
    const unsigned long action[4] = {0, 0, 0, 0};
    for (int signal = 1; signal <= SIGNAL_COUNT; signal++)
        if (signal != SIGKILL && signal != SIGSTOP) syscall(SYS_rt_sigaction, signal, action, NULL, sizeof(uint64_t));
    const uint64_t none = 0;
    return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}

/* The caller may have been niced, pinned or else; the container shall not see that. */
static int reset_scheduling(void) {
    const struct sched_param parameters = {.sched_priority = 0};
    unsigned char all[1024];
    for (size_t i = 0; i < sizeof all; i++) all[i] = 0xff;
    syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &parameters);
    syscall(SYS_setpriority, 0 /* PRIO_PROCESS */, 0, 0);
    syscall(SYS_ioprio_set, 1 /* IOPRIO_WHO_PROCESS */, 0, 0);
    syscall(SYS_sched_setaffinity, 0, sizeof all, all);
    syscall(SYS_personality, 0UL);
    control(PR_SET_TIMERSLACK, 0, 0);
    control(PR_SET_CHILD_SUBREAPER, 0, 0);
    control(PR_SET_PDEATHSIG, 0, 0);
    return 0;
}

/* `at_most`: as far as our own hard limit allows. */
static int set_limit(unsigned resource, uint64_t soft, uint64_t hard, int at_most) {
    uint64_t limit[2] = {soft, hard}, own[2];
    if (syscall(SYS_prlimit64, 0, resource, limit, NULL) == 0) return 0;
    if (errno != EPERM || !at_most || syscall(SYS_prlimit64, 0, resource, NULL, own) != 0) return -1;
    for (int i = 0; i < 2; i++)
        if (limit[i] > own[1]) limit[i] = own[1];
    return (int)syscall(SYS_prlimit64, 0, resource, limit, NULL);
}

static int new_keyring(const char *name) {
    long keyring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);
    if (keyring < 0) return errno == ENOSYS ? 0 : -1;
    /* The possessor may search it whatever user it becomes. */
    char description[512];
    long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, keyring, description, sizeof description);
    if (length <= 0 || length > (long)sizeof description) return 0;
    unsigned long rights = 0;
    int field = 0;
    for (long i = 0; i < length && field < 4; i++) {
        char digit = description[i];
        if (digit == ';') field++;
        else if (field == 3 && digit >= '0' && digit <= '9') rights = rights * 16 + (unsigned long)(digit - '0');
        else if (field == 3 && digit >= 'a' && digit <= 'f') rights = rights * 16 + (unsigned long)(digit - 'a' + 10);
    }
    return (int)syscall(SYS_keyctl, KEYCTL_SETPERM, keyring, rights | 0x00080000UL /* KEY_USR_SEARCH */);
}

static int set_capabilities(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
        {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
    };
    return (int)syscall(SYS_capset, &header, data);
}

static int drop_bounding(uint64_t kept) {
    for (unsigned capability = 0; capability < 64; capability++) {
        if (kept >> capability & 1) continue;
        if (control(PR_CAPBSET_DROP, capability, 0) != 0) return errno == EINVAL && capability > 0 ? 0 : -1;
    }
    return 0;
}

/* Becomes the user, with all rights still permitted and effective: the filter is loaded with them, then they go. */
static int set_ids(uint32_t uid, uint32_t gid, const void *groups, size_t count) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0) return -1;
    if (control(PR_SET_KEEPCAPS, 1, 0) != 0) return -1;
    /* Not glibc's: those walk a list of threads that is the parent's. */
    if (syscall(SYS_setgroups, count, groups) != 0) return -1;
    if (syscall(SYS_setresgid, gid, gid, gid) != 0 || syscall(SYS_setresuid, uid, uid, uid) != 0) return -1;
    data[0].effective = data[0].permitted;
    data[1].effective = data[1].permitted;
    header.pid = 0;
    return (int)syscall(SYS_capset, &header, data);
}

static int give_up_capabilities(uint64_t kept) {
    /* There is no ambient set before Linux 4.3, and nothing in it then. */
    if (control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0) != 0 && errno != EINVAL) return -1;
    return set_capabilities(kept, kept, 0);
}

static int load_filter(const struct child *child, const struct sock_filter *filter, size_t length) {
    struct sock_filter rules[BPF_MAXINSNS];
    size_t count = child->last_program < 0 ? 0 : let_last_program_pass(rules, child->pass);
    const size_t own = length / sizeof *filter;
    if (count + own > BPF_MAXINSNS) {
        errno = E2BIG;
        return -1;
    }
    for (size_t i = 0; i < own; i++) rules[count++] = filter[i];
    struct sock_fprog program = {.len = (unsigned short)count, .filter = rules};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static int set_apparmor_profile(const char *value) {
    static const char *const places[] = {
        "/proc/thread-self/attr/apparmor/exec", "/proc/thread-self/attr/exec"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, places[i], O_WRONLY | O_CLOEXEC);
        if (fd < 0) continue;
        int result = write_all(fd, value, length_of(value)), error = errno;
        syscall(SYS_close, fd);
        errno = error;
        return result;
    }
    errno = ENOENT;
    return -1;
}

static int loopback_up(void) {
    int fd = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    struct ifreq request = {.ifr_name = "lo"};
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    int result = (int)syscall(SYS_ioctl, fd, SIOCSIFFLAGS, &request), error = errno;
    syscall(SYS_close, fd);
    errno = error;
    return result;
}

int run_process_operation(struct child *child, const struct claunch_op *op) {
    const char *a = text(child, op->a);
    switch (op->kind) {
    case CLAUNCH_JOIN_NAMESPACE:
        return (int)syscall(SYS_setns, slot(child, op->x), (int)op->n);
    case CLAUNCH_NEW_NAMESPACE:
        return (int)syscall(SYS_unshare, (unsigned long)op->n);
    case CLAUNCH_HOSTNAME:
        return (int)syscall(SYS_sethostname, a, length_of(a));
    case CLAUNCH_DOMAINNAME:
        return (int)syscall(SYS_setdomainname, a, length_of(a));
    case CLAUNCH_RLIMIT:
        return set_limit((unsigned)op->n, op->m, op->o, op->tolerance == CLAUNCH_TOLERATE_ALL);
    case CLAUNCH_NEW_SESSION:
        return (int)syscall(SYS_setsid) < 0 ? -1 : 0;
    case CLAUNCH_KEYRING:
        return new_keyring(a);
    case CLAUNCH_RESET_SIGNALS:
        return reset_signals();
    case CLAUNCH_RESET_SCHEDULING:
        return reset_scheduling();
    case CLAUNCH_LOOPBACK_UP:
        return loopback_up();
    case CLAUNCH_UMASK:
        syscall(SYS_umask, (int)op->n);
        return 0;
    case CLAUNCH_CLOSE_ON_EXEC:
        return close_on_exec(child);
    case CLAUNCH_BOUNDING:
        return drop_bounding(op->n);
    case CLAUNCH_IDS:
        return set_ids((uint32_t)op->n, (uint32_t)op->m, child->base + op->blob, op->blob_length / sizeof(uint32_t));
    case CLAUNCH_CAPABILITIES:
        return give_up_capabilities(op->n);
    case CLAUNCH_NO_NEW_PRIVILEGES:
        return (int)control(PR_SET_NO_NEW_PRIVS, 1, 0);
    case CLAUNCH_SECCOMP:
        return load_filter(child, (const void *)(child->base + op->blob), op->blob_length);
    case CLAUNCH_APPARMOR:
        return set_apparmor_profile(a);
    case CLAUNCH_NOT_DUMPABLE:
        return (int)control(PR_SET_DUMPABLE, 0, 0);
    default:
        errno = EINVAL;
        return -1;
    }
}
