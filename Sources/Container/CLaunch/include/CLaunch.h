/* Starting a process in a container: the plan's format, the launcher, the keeper.
 *
 * A plan is one block of memory without pointers: header, operations, and an arena of strings and tables that the
 * operations refer to by offset from the block's start. Swift builds it; the child made by clone3(2) walks it with
 * system calls only. Nothing here allocates. */
#ifndef COMPOSE_CLAUNCH_H
#define COMPOSE_CLAUNCH_H

#include <stddef.h>
#include <stdint.h>

enum {
    CLAUNCH_MAGIC = 0x4e414c50,
    /* Descriptors a plan can have at hand at once. The first ones come from outside. */
    CLAUNCH_SLOTS = 96,
    /* Longest tag or key with its final zero byte. */
    CLAUNCH_NAME = 128,
    /* Longest path in a plan with its final zero byte, as the kernel's own limit. */
    CLAUNCH_PATH = 4096,
};

/* What an operation does. x, y, z are slots (-1: none), a, b, c strings, n, m, o numbers.
   The numbers stay as they are, since a keeper can be older than the plans that it gets. */
enum claunch_kind {
    CLAUNCH_JOIN_NAMESPACE = 1, /* setns(slot x, n) */
    CLAUNCH_NEW_NAMESPACE,      /* unshare(n) */
    CLAUNCH_WRITE_SLOT,         /* write a to slot x */
    CLAUNCH_WRITE_PROC,         /* write b to the host's /proc file a, which must be on procfs */
    CLAUNCH_PROPAGATION,        /* mount(NULL, a, NULL, n) */
    CLAUNCH_NEW_MOUNT,          /* x = new file system a with options (blob: key NUL value NUL ...), attributes n */
    CLAUNCH_CLONE_TREE,         /* x = copy of the tree at path a (below y when given: then a may not leave it), n: AT_RECURSIVE; m: its file system's magic number, if not 0 */
    CLAUNCH_MOUNT_ATTRIBUTES,   /* mount_setattr(x): set n, clear m, propagation o, o >> 32: AT_RECURSIVE or 0 */
    CLAUNCH_RESOLVE,            /* x = a below root y; n: what to make when missing; z: slot it has to be like */
    CLAUNCH_ATTACH,             /* moves mount x onto y; n: may cover procfs */
    CLAUNCH_MAKE_NODE = 12,     /* in y: a (missing directories are made) with mode n, device m, owner o = uid << 32 | gid */
    CLAUNCH_MAKE_LINK,          /* in y: b -> a */
    CLAUNCH_OPEN,               /* x = open(a, n), relative to y when given */
    CLAUNCH_PIVOT,              /* makes x the root, detaches the old one */
    CLAUNCH_WORKING_DIRECTORY,  /* chdir(a), made when missing if n; checked to be inside */
    CLAUNCH_HOSTNAME,
    CLAUNCH_DOMAINNAME,
    CLAUNCH_SYSCTL,             /* write b to a below the proc mount y */
    CLAUNCH_RLIMIT,             /* resource n, soft m, hard o; tolerant: as far as allowed */
    CLAUNCH_NEW_SESSION,
    CLAUNCH_KEYRING,            /* a new session keyring named a */
    CLAUNCH_RESET_SIGNALS,
    CLAUNCH_RESET_SCHEDULING,
    CLAUNCH_LOOPBACK_UP,
    CLAUNCH_TERMINAL,           /* x = new terminal from devpts y (-1: /dev/pts), its master goes over z; n rows, m columns, o owner */
    CLAUNCH_CONSOLE,            /* binds terminal x on "console" in directory y */
    CLAUNCH_CONTROLLING_TERMINAL,
    CLAUNCH_MASK,               /* a below root y: file: covered by null device x; directory: by an empty one */
    CLAUNCH_READ_ONLY_PATH,     /* a below root y */
    CLAUNCH_UMASK,
    CLAUNCH_STREAM,             /* n = 0, 1, 2: slot x, or /dev/null; m: uid that shall own it */
    CLAUNCH_CLOSE_ON_EXEC,
    CLAUNCH_BOUNDING,           /* keeps capabilities n */
    CLAUNCH_IDS,                /* uid n, gid m, groups in blob (uint32) */
    CLAUNCH_CAPABILITIES,       /* effective and permitted n, inheritable none, ambient none */
    CLAUNCH_NO_NEW_PRIVILEGES,
    CLAUNCH_SECCOMP,            /* blob: struct sock_filter */
    CLAUNCH_APPARMOR,           /* a: profile for the next exec */
    CLAUNCH_FORK_INIT,          /* stays as process 1, the rest runs as its child; n: has a terminal */
    CLAUNCH_HOST_DIRECTORY,     /* mkdir -p a with mode n, on the host */
    CLAUNCH_NOT_DUMPABLE,
    CLAUNCH_MOUNT,              /* mount(source "a", b, type a, n, data c): for kernels whose overlayfs lacks lowerdir+ */
    CLAUNCH_EXEC,               /* a, b, c: offsets of tables of string offsets: candidates, argv, envp; before argv as
                                   many places are free as there are candidates, and at least two */
    CLAUNCH_NEW_FILE,           /* in y: new file a holding the blob, mode n, owner o = uid << 32 | gid */
    CLAUNCH_LAST_PROGRAM,       /* makes what CLAUNCH_EXEC executes first: it leaves the host's program and enters the pid
                                   namespace; n: standard input is to control the session there. Before any limit */
    CLAUNCH_HOOK,               /* runs program a with the tables of string offsets b (argv) and c (envp) and waits for it:
                                   n seconds at most; the blob is its standard input, slot x its output, if given */
};

/* What CLAUNCH_RESOLVE makes when the path is missing. */
enum claunch_missing {
    CLAUNCH_FAIL = 0,
    CLAUNCH_MAKE_DIRECTORIES = 1,
    /* A directory or an empty file, as slot z is. */
    CLAUNCH_MAKE_ALIKE = 3,
    /* Flag: no component may be a symbolic link. */
    CLAUNCH_NO_LINKS = 16,
};

/* File systems that CLAUNCH_CLONE_TREE can ask for (linux/magic.h). */
enum claunch_file_system {
    CLAUNCH_PROCFS = 0x9fa0,
};

/* Which failures of an operation do not matter. */
enum claunch_tolerance {
    CLAUNCH_TOLERATE_NOTHING = 0,
    CLAUNCH_TOLERATE_MISSING = 1,
    CLAUNCH_TOLERATE_ALL = 2,
};

struct claunch_op {
    uint32_t kind;
    uint32_t tolerance;
    int32_t x, y, z;
    uint32_t a, b, c;
    uint32_t blob, blob_length;
    uint64_t n, m, o;
};

enum claunch_flags {
    /* The keeper writes the end of this process into the exit log. */
    CLAUNCH_RECORD_EXIT = 1,
};

struct claunch_plan {
    uint32_t magic;
    uint32_t length; /* of the whole block */
    uint32_t operations, operation_count;
    uint64_t clone_flags; /* CLONE_NEW... */
    uint32_t flags;
    uint32_t slot_count;      /* descriptors that come from outside: slots 0 ..< slot_count */
    int32_t error_slot;       /* pipe for struct claunch_failure */
    /* pidfd whose pid namespace the program gets, or -1. The child then is an intermediate outside of it, whose own
       child, a sibling for the starter, is the program. */
    int32_t pid_namespace_slot;
    int32_t cgroup_slot;      /* cgroup v2 directory to be born in, or -1 */
    int32_t reserved;
    char tag[CLAUNCH_NAME];
};

/* What the child says when an operation fails; when all goes well it only closes the pipe. */
struct claunch_failure {
    int32_t operation;
    int32_t error;
};

struct claunch_child {
    int32_t pid;
    int32_t pidfd;
    uint64_t start_ticks;
};

/* Starts a child that carries out `plan` with `descriptors` as its first slots, and without any other descriptor of this
 * process. Returns 0 or an errno value. `births` is where an intermediate tells the number of its child (see
 * claunch_open_births); may be -1 for plans without pid_namespace_slot. */
int claunch_start(const struct claunch_plan *plan, const int *descriptors, uint32_t count, int births,
                  struct claunch_child *child);

/* Two connected sockets: intermediates write to ends[1], claunch_receive_birth reads from ends[0]. */
int claunch_open_births(int ends[2]);

/* Takes one message, without waiting. Who sent it is what the kernel says: also a program in a container may have got
 * hold of the socket. Returns 0, or -1 with errno set (EAGAIN: there is none; ECONNRESET: nobody is left). */
int claunch_receive_birth(int socket, int32_t *intermediate, int32_t *child);

/* Whether this process is the parent of `pid`, ended or not: an intermediate that somebody traced could name others. */
int claunch_is_child(int pid);

/* Whether `length` bytes are a plan whose offsets lie within. */
int claunch_plan_is_valid(const struct claunch_plan *plan, size_t length);

/* Field 22 of /proc/PID/stat, 0 when there is no such process. */
uint64_t claunch_start_ticks(int pid);

/* Requests to the keeper: one message each, over its SOCK_SEQPACKET socket. */
enum claunch_request_kind {
    /* descriptors: memfd with the plan, then the plan's slots; the reply has the pidfd. For an intermediate it is not
       the last one: that comes when its child is born, or with an error when it ended before. */
    CLAUNCH_REQUEST_LAUNCH = 1,
    CLAUNCH_REQUEST_KEEP,       /* a descriptor under a name */
    CLAUNCH_REQUEST_KEPT,       /* reply has the descriptor */
    CLAUNCH_REQUEST_KEYS,       /* a reply for each name, then one with `last` */
    CLAUNCH_REQUEST_DROP,
    CLAUNCH_REQUEST_CHILDREN,   /* a reply for each child, then one with `last` */
    CLAUNCH_REQUEST_WATCH,      /* from now on this connection gets a message for each exit */
    CLAUNCH_REQUEST_FORGET,     /* empties the exit log when it is `value` bytes long */
    CLAUNCH_REQUEST_SHUTDOWN,   /* value 1: kills the children first */
};

struct claunch_request {
    uint32_t kind;
    uint32_t reserved;
    uint64_t value;
    char name[CLAUNCH_NAME];
};

struct claunch_reply {
    int32_t error;
    int32_t last;
    int32_t pid;
    int32_t wait_status;
    uint64_t start_ticks;
    int64_t time; /* of the exit: nanoseconds since 1970 */
    char name[CLAUNCH_NAME];
};

/* Forks the keeper, which never returns from here, as a process without a parent. `listener` is its socket, `directory`
 * the one that holds `keeper.sock`, `exit_log` is open for appending. `title` is the memory of this process's argv,
 * which is overwritten in the keeper. Only for a process with one thread. Returns 0 or an errno value. */
int claunch_fork_keeper(int listener, int directory, int exit_log, char *title, size_t title_length);

#endif
