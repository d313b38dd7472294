/* System calls and constants that Swift's Glibc import does not show. Each function returns what the call returns,
 * with errno set; nothing here keeps state. */
#ifndef COMPOSE_CLINUX_H
#define COMPOSE_CLINUX_H

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

int clinux_pipe2(int ends[2], int flags);
int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int clinux_pidfd_open(int pid, unsigned flags);
int clinux_pidfd_send_signal(int pidfd, int signal);
/* How a process that was reaped by somebody else ended, as wait(2)'s status word (Linux 6.15, PIDFD_GET_INFO). -1 with
 * EAGAIN while it is not reaped. */
int clinux_pidfd_exit_status(int pidfd, int *status);
int clinux_setns(int fd, int kind);
int clinux_unshare(int flags);
int clinux_pivot_root(const char *new_root, const char *put_old);
int clinux_close_range(unsigned first, unsigned last, int flags);
int clinux_memfd_create(const char *name, unsigned flags);
int clinux_accept4(int fd, int flags);
int clinux_syncfs(int fd);
long clinux_copy_file_range(int from, int to, unsigned long length);
int clinux_renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned flags);
int clinux_mount_setattr(int directory, const char *path, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation);
int clinux_open_tree(int directory, const char *path, unsigned flags);
/* Takes the topmost mount off a path, lazily; links are not followed. */
int clinux_unmount(const char *path);
int clinux_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags);

/* A new file system (fsopen(2)) that is attached nowhere, with options (key NUL value NUL ...) and MOUNT_ATTR_... flags:
 * usable through its descriptor until that is closed. */
int clinux_new_mount(const char *type, const char *options, size_t length, unsigned attributes);

enum { CLINUX_MAX_DESCRIPTORS = 96 };

/* Sends `length` bytes and `count` descriptors in one message (sendmsg(2)). Allocates nothing. */
long clinux_send_descriptors(int socket, const void *bytes, size_t length, const int *descriptors, int count,
                              int flags);
/* Receives a message (recvmsg(2)), allocating nothing; received descriptors are close-on-exec. *count is the room on entry, the number on return. */
long clinux_receive_descriptors(int socket, void *bytes, size_t length, int *descriptors, int *count, int flags);
/* A descriptor, close-on-exec, of the network namespace that a socket is in (SIOCGSKNS, Linux 4.10). */
int clinux_socket_namespace(int socket);
/* Process, user and group of the other end of a Unix socket. */
int clinux_peer_credentials(int socket, int *pid, unsigned *uid, unsigned *gid);

/* Linux's own minor and major, for st_rdev and mknod. */
static inline unsigned clinux_major(uint64_t device) { return major(device); }
static inline unsigned clinux_minor(uint64_t device) { return minor(device); }
static inline uint64_t clinux_makedev(unsigned major_number, unsigned minor_number) { return makedev(major_number, minor_number); }

/* Moves up to `length` bytes from a pipe to `offset` of a file; EAGAIN when the pipe is empty. */
long clinux_splice_to_file(int pipe, int file, int64_t offset, unsigned long length);
/* Bytes that can be read now (FIONREAD). */
int clinux_readable_bytes(int fd, int *count);
int clinux_set_pipe_size(int fd, int bytes);

/* splice(2), moving pages and not blocking. */
long clinux_splice(int from, int to, unsigned long length);

/* Who sent a datagram and to which of our addresses: what is needed to answer from there. */
typedef struct {
    struct sockaddr_storage peer;
    unsigned peer_length;
    /* 4 or 16 bytes in network order; all zero if the kernel did not say (no IP_PKTINFO). */
    unsigned char local[16];
    unsigned interface;
} clinux_endpoints;

/* recvmsg(2) and sendmsg(2), non-blocking, for sockets with IP_PKTINFO or IPV6_RECVPKTINFO. */
long clinux_receive_datagram(int socket, void *bytes, unsigned long length, clinux_endpoints *endpoints);
long clinux_send_datagram(int socket, const void *bytes, unsigned long length, const clinux_endpoints *endpoints);

int clinux_get_window_size(int fd, unsigned short *rows, unsigned short *columns);
int clinux_set_window_size(int fd, unsigned short rows, unsigned short columns);
/* An eventfd that becomes readable at each SIGWINCH; the same one for the whole process, -1 on failure. */
int clinux_window_change_descriptor(void);
/* Blocks SIGPIPE's default death: writes return EPIPE instead. */
void clinux_ignore_sigpipe(void);
/* Keeps malloc to two arenas: many threads, little memory. */
void clinux_limit_malloc_arenas(void);
/* Names the calling thread, 15 bytes at most count. */
void clinux_name_thread(const char *name);
/* Lets go of what this process does not use just now: free heap pages, and pages of the program's own file, which come
 * back from the page cache when they are needed. */
void clinux_release_unused_pages(void);
/* sem_clockwait(3) of a sem_t with a deadline in nanoseconds of CLOCK_MONOTONIC; ETIMEDOUT once it has passed. */
int clinux_wait_for_semaphore(void *semaphore, int64_t deadline);
/* fork(2): Swift does not import it. Only for a process that has no other threads. */
int clinux_fork(void);

/* Attaches an eBPF program (struct bpf_insn) that decides on device accesses to a cgroup v2 directory. */
int clinux_attach_device_program(int cgroup, const uint64_t *instructions, unsigned count);
/* Tells ext4 that directories made in this one have nothing to do with each other (chattr +T): each gets a block group
 * of its own. Other file systems refuse. */
int clinux_spread_directories(int directory);

#endif
