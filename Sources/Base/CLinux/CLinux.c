#include "CLinux.h"

#include <errno.h>
#include <link.h>
#include <linux/bpf.h>
#include <linux/sockios.h>
#include <malloc.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

int clinux_pipe2(int ends[2], int flags) { return pipe2(ends, flags); }

int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int clinux_pidfd_open(int pid, unsigned flags) { return (int)syscall(SYS_pidfd_open, pid, flags); }

int clinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int clinux_pidfd_exit_status(int pidfd, int *status) {
    /* The first published layout of struct pidfd_info; system headers may be older than the kernel. */
    struct {
        uint64_t mask, cgroup;
        uint32_t ids[11];
        int32_t exit_code;
    } info = {.mask = 1 << 3};
    if (ioctl(pidfd, _IOWR(0xff, 11, info), &info) != 0) return -1;
    if (!(info.mask & (1 << 3))) {
        errno = EAGAIN;
        return -1;
    }
    *status = info.exit_code;
    return 0;
}

int clinux_setns(int fd, int kind) { return setns(fd, kind); }
int clinux_unshare(int flags) { return unshare(flags); }

int clinux_pivot_root(const char *new_root, const char *put_old) {
    return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int clinux_close_range(unsigned first, unsigned last, int flags) {
    return (int)syscall(SYS_close_range, first, last, flags);
}

int clinux_memfd_create(const char *name, unsigned flags) { return (int)syscall(SYS_memfd_create, name, flags); }
int clinux_accept4(int fd, int flags) { return accept4(fd, NULL, NULL, flags); }

long clinux_copy_file_range(int from, int to, unsigned long length) {
    return syscall(SYS_copy_file_range, from, NULL, to, NULL, length, 0);
}

int clinux_syncfs(int fd) {
    return syncfs(fd);
}

int clinux_renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned flags) {
    return (int)syscall(SYS_renameat2, old_directory, old_path, new_directory, new_path, flags);
}

int clinux_mount_setattr(int directory, const char *path, unsigned flags, uint64_t set, uint64_t clear,
                         uint64_t propagation) {
    struct mount_attr attributes = {.attr_set = set, .attr_clr = clear, .propagation = propagation};
    return (int)syscall(SYS_mount_setattr, directory, path, flags, &attributes, sizeof attributes);
}

int clinux_open_tree(int directory, const char *path, unsigned flags) {
    return (int)syscall(SYS_open_tree, directory, path, flags);
}

int clinux_unmount(const char *path) {
    return (int)syscall(SYS_umount2, path, 2 | 8); /* MNT_DETACH, UMOUNT_NOFOLLOW */
}

int clinux_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags) {
    return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}

int clinux_new_mount(const char *type, const char *options, size_t length, unsigned attributes) {
    int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    int mount = -1;
    const char *end = options + length;
    while (options < end) {
        const char *key = options;
        while (*options++ != 0) {}
        const char *value = options;
        while (*options++ != 0) {}
        unsigned command = *value == 0 ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
        if (syscall(SYS_fsconfig, context, command, key, *value == 0 ? NULL : value, 0) != 0) goto done;
    }
    if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
done:;
    int error = errno;
    syscall(SYS_close, context);
    errno = error;
    return mount;
}

union control {
    char bytes[CMSG_SPACE(sizeof(int) * CLINUX_MAX_DESCRIPTORS)];
    struct cmsghdr align;
};

long clinux_send_descriptors(int socket, const void *bytes, size_t length, const int *descriptors, int count,
                              int flags) {
    if (count < 0 || count > CLINUX_MAX_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    union control control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
    }
    long sent;
    do sent = sendmsg(socket, &message, flags | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent;
}

long clinux_receive_descriptors(int socket, void *bytes, size_t length, int *descriptors, int *count, int flags) {
    int room = *count;
    *count = 0;
    struct iovec part = {.iov_base = bytes, .iov_len = length};
    union control control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    long received;
    do received = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return received;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t number = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < number; index++) {
            int fd;
            memcpy(&fd, CMSG_DATA(header) + index * sizeof(int), sizeof(int));
            if (*count < room) descriptors[(*count)++] = fd;
            else close(fd);
        }
    }
    return received;
}

int clinux_socket_namespace(int socket) { return ioctl(socket, SIOCGSKNS, 0); }

int clinux_peer_credentials(int socket, int *pid, unsigned *uid, unsigned *gid) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

long clinux_splice_to_file(int pipe, int file, int64_t offset, unsigned long length) {
    off64_t place = offset;
    return splice(pipe, NULL, file, &place, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

int clinux_readable_bytes(int fd, int *count) { return ioctl(fd, FIONREAD, count); }

int clinux_set_pipe_size(int fd, int bytes) { return fcntl(fd, F_SETPIPE_SZ, bytes); }

int clinux_get_window_size(int fd, unsigned short *rows, unsigned short *columns) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -1;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

int clinux_set_window_size(int fd, unsigned short rows, unsigned short columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(fd, TIOCSWINSZ, &size);
}

void clinux_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

void clinux_limit_malloc_arenas(void) { mallopt(M_ARENA_MAX, 2); }

int clinux_wait_for_semaphore(void *semaphore, int64_t deadline) {
    struct timespec time = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    return sem_clockwait(semaphore, CLOCK_MONOTONIC, &time);
}

int clinux_fork(void) { return fork(); }

void clinux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

static int window_change = -1;

static void note_window_change(int signal) {
    (void)signal;
    int saved = errno;
    uint64_t one = 1;
    if (write(window_change, &one, sizeof one) < 0) { /* full: the change is known already */
    }
    errno = saved;
}

int clinux_window_change_descriptor(void) {
    if (window_change >= 0) return window_change;
    window_change = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (window_change < 0) return -1;
    struct sigaction action = {.sa_handler = note_window_change, .sa_flags = SA_RESTART};
    if (sigaction(SIGWINCH, &action, NULL) != 0) return -1;
    return window_change;
}

long clinux_splice(int from, int to, unsigned long length) {
    return splice(from, NULL, to, NULL, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

union packet_control {
    char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
    struct cmsghdr align;
};

long clinux_receive_datagram(int socket, void *bytes, unsigned long length, clinux_endpoints *endpoints) {
    memset(endpoints, 0, sizeof *endpoints);
    struct iovec part = {.iov_base = bytes, .iov_len = length};
    union packet_control control;
    struct msghdr message = {
        .msg_name = &endpoints->peer, .msg_namelen = sizeof endpoints->peer, .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    long received = recvmsg(socket, &message, MSG_DONTWAIT);
    if (received < 0) return received;
    endpoints->peer_length = message.msg_namelen;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(header), sizeof info);
            memcpy(endpoints->local, &info.ipi_spec_dst, sizeof info.ipi_spec_dst);
            endpoints->interface = (unsigned)info.ipi_ifindex;
        } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(header), sizeof info);
            memcpy(endpoints->local, &info.ipi6_addr, sizeof info.ipi6_addr);
            endpoints->interface = info.ipi6_ifindex;
        }
    }
    return received;
}

long clinux_send_datagram(int socket, const void *bytes, unsigned long length, const clinux_endpoints *endpoints) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    union packet_control control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {
        .msg_name = (void *)&endpoints->peer, .msg_namelen = endpoints->peer_length, .msg_iov = &part,
        .msg_iovlen = 1, .msg_control = control.bytes};
    struct cmsghdr *header = &control.align;
    if (endpoints->peer.ss_family == AF_INET) {
        /* The interface is left to routing: only the source address matters. */
        struct in_pktinfo info = {.ipi_ifindex = 0};
        memcpy(&info.ipi_spec_dst, endpoints->local, sizeof info.ipi_spec_dst);
        header->cmsg_level = IPPROTO_IP;
        header->cmsg_type = IP_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(header), &info, sizeof info);
        message.msg_controllen = CMSG_SPACE(sizeof info);
    } else {
        struct in6_pktinfo info = {.ipi6_ifindex = endpoints->interface};
        memcpy(&info.ipi6_addr, endpoints->local, sizeof info.ipi6_addr);
        header->cmsg_level = IPPROTO_IPV6;
        header->cmsg_type = IPV6_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(header), &info, sizeof info);
        message.msg_controllen = CMSG_SPACE(sizeof info);
    }
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int clinux_attach_device_program(int cgroup, const uint64_t *instructions, unsigned count) {
    union bpf_attr load, attach;
    memset(&load, 0, sizeof load);
    load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    load.insns = (uint64_t)(uintptr_t)instructions;
    load.insn_cnt = count;
    load.license = (uint64_t)(uintptr_t)"Apache";
    int program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
    if (program < 0) return -1;
    memset(&attach, 0, sizeof attach);
    attach.target_fd = (uint32_t)cgroup;
    attach.attach_bpf_fd = (uint32_t)program;
    attach.attach_type = BPF_CGROUP_DEVICE;
    attach.attach_flags = BPF_F_ALLOW_MULTI;
    int result = (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach), error = errno;
    close(program); /* the group holds it from now on */
    errno = error;
    return result;
}

/* FS_IOC_GETFLAGS, FS_IOC_SETFLAGS and FS_TOPDIR_FL: linux/fs.h cannot be included beside sys/mount.h. */
int clinux_spread_directories(int directory) {
    int flags = 0;
    if (ioctl(directory, _IOR('f', 1, long), &flags) != 0) return -1;
    flags |= 0x00020000;
    return ioctl(directory, _IOW('f', 2, long), &flags);
}

/* The program itself comes first in dl_iterate_phdr(3); a result other than 0 ends the walk there. */
static int release_segments(struct dl_phdr_info *program, size_t size, void *unused) {
    (void)size;
    (void)unused;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < program->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &program->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
        uintptr_t start = (program->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (program->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1);
        if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 1;
}

void clinux_release_unused_pages(void) {
    malloc_trim(0);
    dl_iterate_phdr(release_segments, NULL);
}
