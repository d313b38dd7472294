/* Standard streams and pseudo terminals. */
#include "internal.h"
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int send_master(int socket, int master) {
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}};
    *(int *)(void *)CMSG_DATA(&control.header) = master;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    return syscall(SYS_sendmsg, socket, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* The other end comes from the master itself, never from a path that a container could have replaced. */
static int open_terminal(struct child *child, const struct claunch_op *op) {
    const int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
    int devpts = op->y >= 0 ? slot(child, op->y) : AT_FDCWD;
    int master = (int)syscall(SYS_openat, devpts, op->y >= 0 ? "ptmx" : "/dev/pts/ptmx", flags);
    if (master < 0) return -1;
    struct stat status;
    if (syscall(SYS_newfstatat, master, "", &status, AT_EMPTY_PATH) != 0) return -1;
    if (status.st_rdev != makedev(5, 2) || !is_on(master, DEVPTS_SUPER_MAGIC)) {
        errno = ENODEV;
        return -1;
    }
    int unlock = 0;
    if (syscall(SYS_ioctl, master, TIOCSPTLCK, &unlock) != 0) return -1;
    int terminal = (int)syscall(SYS_ioctl, master, TIOCGPTPEER, flags);
    if (fill(child, op->x, terminal) != 0) return -1;
    if (op->n != 0 || op->m != 0) {
        struct winsize size = {.ws_row = (unsigned short)op->n, .ws_col = (unsigned short)op->m};
        if (syscall(SYS_ioctl, master, TIOCSWINSZ, &size) != 0) return -1;
    }
    if (op->o != 0 && syscall(SYS_fchownat, terminal, "", (unsigned)op->o, -1, AT_EMPTY_PATH) != 0) return -1;
    if (send_master(slot(child, op->z), master) != 0) return -1;
    return (int)syscall(SYS_close, master);
}

static int bind_console(int terminal, int directory) {
    syscall(SYS_mknodat, directory, "console", S_IFREG | 0600, 0);
    int place = open_in_root(directory, "console", O_PATH | O_NOFOLLOW, 0);
    if (place < 0) return -1;
    int tree = (int)syscall(SYS_open_tree, terminal, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    if (tree < 0) return -1;
    long result =
        syscall(SYS_move_mount, tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    int error = errno;
    syscall(SYS_close, tree);
    syscall(SYS_close, place);
    errno = error;
    return (int)result;
}

static int place_stream(struct child *child, const struct claunch_op *op) {
    int number = (int)op->n, fd = slot(child, op->x), null = -1;
    if (fd < 0) {
        fd = null = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
        if (null < 0) return -1;
        if (!is_null(null)) {
            errno = ENODEV;
            return -1;
        }
    } else if (op->m != 0) {
        /* So that the user can open /dev/stdout again. Not what is the host's: files, devices, its terminals. */
        struct stat status;
        if (syscall(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) == 0 && S_ISFIFO(status.st_mode))
            syscall(SYS_fchownat, fd, "", (unsigned)op->m, -1, AT_EMPTY_PATH);
    }
    if (syscall(SYS_dup3, fd, number, 0) < 0) return -1;
    if (null >= 0) syscall(SYS_close, null);
    return 0;
}

int run_terminal_operation(struct child *child, const struct claunch_op *op) {
    switch (op->kind) {
    case CLAUNCH_TERMINAL:
        return open_terminal(child, op);
    case CLAUNCH_CONSOLE:
        return bind_console(slot(child, op->x), slot(child, op->y));
    case CLAUNCH_CONTROLLING_TERMINAL:
        return (int)syscall(SYS_ioctl, slot(child, op->x), TIOCSCTTY, 0);
    case CLAUNCH_STREAM:
        return place_stream(child, op);
    default:
        errno = EINVAL;
        return -1;
    }
}
