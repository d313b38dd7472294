/* Operations on files and directories. Trees of containers are untrusted: they are entered by descriptor only. */
#include "internal.h"
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

int open_in_root(int root, const char *path, uint64_t flags, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve};
    /* Someone else's rename during the walk makes it EAGAIN: that walk proves nothing, another may. */
    for (int attempt = 0;; attempt++) {
        long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
        if (fd >= 0 || errno != EAGAIN || attempt == 128) return (int)fd;
    }
}

int is_on(int fd, long magic) {
    struct statfs status;
    return syscall(SYS_fstatfs, fd, &status) == 0 && status.f_type == magic;
}

int write_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        long count = syscall(SYS_write, fd, bytes, length);
        if (count < 0) return -1;
        bytes += count;
        length -= (size_t)count;
    }
    return 0;
}

static size_t length_of(const char *string) {
    size_t length = 0;
    while (string[length] != 0) length++;
    return length;
}

static int type_of(int fd, mode_t *mode) {
    struct stat status;
    if (syscall(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) != 0) return -1;
    *mode = status.st_mode & S_IFMT;
    return 0;
}

static void close_keeping_errno(int fd) {
    int error = errno;
    syscall(SYS_close, fd);
    errno = error;
}

/* Makes what is missing of `path`, component by component; the last one is a directory or an empty file. */
static int make_path(int root, const char *path, bool directory) {
    char name[256];
    char prefix[CLAUNCH_PATH];
    size_t end = 0;
    int parent = open_in_root(root, ".", O_PATH | O_DIRECTORY, 0);
    while (parent >= 0) {
        while (*path == '/') path++;
        size_t length = 0;
        while (path[length] != 0 && path[length] != '/') length++;
        if (length == 0) return parent;
        if (length >= sizeof name || end + length + 2 > sizeof prefix) {
            errno = ENAMETOOLONG;
            break;
        }
        for (size_t i = 0; i < length; i++) name[i] = prefix[end + i] = path[i];
        name[length] = prefix[end + length] = 0;
        end += length;
        path += length;
        const char *rest = path;
        while (*rest == '/') rest++;
        bool is_directory = *rest != 0 || directory;
        int next = open_in_root(root, prefix, is_directory ? O_PATH | O_DIRECTORY : O_PATH, 0);
        if (next < 0 && errno == ENOENT) {
            long made = is_directory ? syscall(SYS_mkdirat, parent, name, 0755)
                                     : syscall(SYS_mknodat, parent, name, S_IFREG | 0644, 0);
            if (made == 0 || errno == EEXIST) {
                int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC | (is_directory ? O_DIRECTORY : 0);
                next = (int)syscall(SYS_openat, parent, name, flags);
            }
        }
        close_keeping_errno(parent);
        prefix[end++] = '/';
        parent = next;
        if (parent >= 0 && !is_directory) return parent;
    }
    return -1;
}

int resolve(int root, const char *path, uint64_t missing, int alike) {
    mode_t wanted = S_IFDIR, found;
    uint64_t making = missing & ~(uint64_t)CLAUNCH_NO_LINKS;
    if (making == CLAUNCH_MAKE_ALIKE && type_of(alike, &wanted) != 0) return -1;
    bool directory = wanted == S_IFDIR;
    int fd = open_in_root(root, path, O_PATH, missing & CLAUNCH_NO_LINKS ? RESOLVE_NO_SYMLINKS : 0);
    if (fd < 0 && errno == ENOENT && making != CLAUNCH_FAIL) fd = make_path(root, path, directory);
    if (fd < 0 || making == CLAUNCH_FAIL) return fd;
    if (type_of(fd, &found) != 0 || (found == S_IFDIR) != directory) {
        errno = directory ? ENOTDIR : EISDIR;
        close_keeping_errno(fd);
        return -1;
    }
    return fd;
}

int is_null(int fd) {
    struct stat status;
    return syscall(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) == 0 && S_ISCHR(status.st_mode)
           && status.st_rdev == makedev(1, 3);
}

static int make_node(struct child *child, const struct claunch_op *op) {
    const char *path = text(child, op->a), *name = path;
    for (const char *place = path; *place != 0; place++)
        if (*place == '/') name = place + 1;
    int parent = slot(child, op->y), own = -1;
    if (name != path) {
        char directory[CLAUNCH_PATH];
        size_t length = (size_t)(name - path);
        if (length >= sizeof directory) {
            errno = ENAMETOOLONG;
            return -1;
        }
        for (size_t i = 0; i < length; i++) directory[i] = path[i];
        directory[length] = 0;
        own = parent = resolve(parent, directory, CLAUNCH_MAKE_DIRECTORIES, -1);
        if (own < 0) return -1;
    }
    long result = syscall(SYS_mknodat, parent, name, (mode_t)op->n, (unsigned)op->m);
    if (result == 0) {
        /* It has to be what was just made, whatever anyone else did meanwhile. */
        struct stat status;
        int fd = (int)syscall(SYS_openat, parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        result = fd < 0 ? -1 : syscall(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH);
        if (result == 0 && ((status.st_mode & S_IFMT) != (op->n & S_IFMT) || status.st_rdev != op->m)) {
            errno = EEXIST;
            result = -1;
        }
        if (result == 0 && op->o != 0)
            result = syscall(SYS_fchownat, fd, "", (unsigned)(op->o >> 32), (unsigned)op->o, AT_EMPTY_PATH);
        if (fd >= 0) close_keeping_errno(fd);
    } else if (errno == EEXIST) {
        result = 0; /* one of the default devices was asked for again */
    }
    if (own >= 0) close_keeping_errno(own);
    return (int)result;
}

static int make_file(struct child *child, const struct claunch_op *op) {
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = (int)syscall(SYS_openat, slot(child, op->y), text(child, op->a), flags, 0600);
    if (fd < 0) return -1;
    int result = write_all(fd, child->base + op->blob, op->blob_length);
    if (result == 0) result = (int)syscall(SYS_fchown, fd, (unsigned)(op->o >> 32), (unsigned)op->o);
    if (result == 0) result = (int)syscall(SYS_fchmod, fd, (mode_t)op->n);
    close_keeping_errno(fd);
    return result;
}

static int change_directory(const char *path, bool make) {
    if (syscall(SYS_chdir, path) != 0) {
        if (errno != ENOENT || !make) return -1;
        int root = (int)syscall(SYS_openat, AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        int directory = root < 0 ? -1 : resolve(root, path, CLAUNCH_MAKE_DIRECTORIES, -1);
        if (root >= 0) close_keeping_errno(root);
        if (directory < 0 || syscall(SYS_fchdir, directory) != 0) return -1;
        syscall(SYS_close, directory);
    }
    /* A directory outside of the root has a path that does not begin with '/': see getcwd(2). */
    char current[CLAUNCH_PATH];
    if (syscall(SYS_getcwd, current, sizeof current) < 0) return -1;
    if (current[0] == '/') return 0;
    errno = EXDEV;
    return -1;
}

static int write_file(int base, const char *path, uint64_t resolve, const char *value) {
    struct open_how how = {.flags = O_WRONLY | O_CLOEXEC, .resolve = resolve};
    int fd = (int)syscall(SYS_openat2, base, path, &how, sizeof how);
    if (fd < 0) return -1;
    int result = -1;
    if (is_on(fd, PROC_SUPER_MAGIC)) result = write_all(fd, value, length_of(value));
    else errno = EXDEV;
    close_keeping_errno(fd);
    return result;
}

static int make_host_directory(const char *path, mode_t mode) {
    char prefix[CLAUNCH_PATH];
    size_t length = 0;
    do {
        if (length + 1 >= sizeof prefix) {
            errno = ENAMETOOLONG;
            return -1;
        }
        prefix[length] = path[length];
        length++;
        if (path[length] != '/' && path[length] != 0) continue;
        prefix[length] = 0;
        if (syscall(SYS_mkdirat, AT_FDCWD, prefix, mode) != 0 && errno != EEXIST) return -1;
    } while (path[length] != 0);
    return 0;
}

int run_path_operation(struct child *child, const struct claunch_op *op) {
    const char *a = text(child, op->a), *b = text(child, op->b);
    int y = slot(child, op->y);
    switch (op->kind) {
    case CLAUNCH_WRITE_SLOT:
        return write_all(slot(child, op->x), a, length_of(a));
    case CLAUNCH_WRITE_PROC:
        return write_file(AT_FDCWD, a, 0, b);
    case CLAUNCH_RESOLVE:
        return fill(child, op->x, resolve(y, a, op->n, slot(child, op->z)));
    case CLAUNCH_MAKE_NODE:
        return make_node(child, op);
    case CLAUNCH_NEW_FILE:
        return make_file(child, op);
    case CLAUNCH_MAKE_LINK:
        return (int)syscall(SYS_symlinkat, a, y, b) == 0 || errno == EEXIST ? 0 : -1;
    case CLAUNCH_OPEN:
        return fill(child, op->x, (int)syscall(SYS_openat, op->y < 0 ? AT_FDCWD : y, a, (int)op->n | O_CLOEXEC));
    case CLAUNCH_WORKING_DIRECTORY:
        return change_directory(a, op->n != 0);
    case CLAUNCH_SYSCTL:
        return write_file(y, a, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS, b);
    case CLAUNCH_HOST_DIRECTORY:
        return make_host_directory(a, (mode_t)op->n);
    default:
        errno = EINVAL;
        return -1;
    }
}
