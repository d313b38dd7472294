/* How an intermediate's starter learns of its child, and what the keeper remembers when it learns that too late. */
#include "internal.h"
#include "CLinux.h"
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { MAX_EARLY = 256 };

/* Zero pages until used. */
static struct early_end early[MAX_EARLY];
static int early_count;

int claunch_open_births(int ends[2]) {
    const int on = 1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    return setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

int claunch_receive_birth(int socket, int32_t *intermediate, int32_t *child) {
    struct iovec part = {.iov_base = child, .iov_len = sizeof *child};
    union {
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t length;
    do length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    if (length < 0) return -1;
    *intermediate = 0;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_type == SCM_CREDENTIALS)
        memcpy(intermediate, CMSG_DATA(header), sizeof *intermediate); /* the pid comes first in struct ucred */
    errno = ECONNRESET;
    return length == 0 ? -1 : 0;
}

int claunch_is_child(int pid) {
    siginfo_t ignored;
    return waitid(P_PID, (id_t)pid, &ignored, WEXITED | WNOHANG | WNOWAIT) == 0;
}

struct early_end *remember_early(int pid) {
    if (early_count == MAX_EARLY) forget_early();
    early[early_count] =
        (struct early_end){.pid = pid, .pidfd = clinux_pidfd_open(pid, 0), .start_ticks = claunch_start_ticks(pid)};
    return &early[early_count++];
}

int take_early(int pid, struct early_end *end) {
    for (int i = 0; i < early_count; i++) {
        if (early[i].pid != pid) continue;
        *end = early[i];
        early[i] = early[--early_count];
        return 1;
    }
    return 0;
}

void forget_early(void) {
    while (early_count > 0) close(early[--early_count].pidfd);
}
