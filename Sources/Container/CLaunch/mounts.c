/* Operations on mounts: file systems and copied trees are made detached and attached to descriptors. */
#include "internal.h"
#include <CLinux.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/stat.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#define DETACH 2 /* MNT_DETACH; <sys/mount.h> and <linux/mount.h> do not go together everywhere */

static int clone_tree(int base, const char *path, unsigned recursive) {
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive;
    if (base < 0) return (int)syscall(SYS_open_tree, AT_FDCWD, path, flags);
    int place = open_in_root(base, path, O_PATH, 0);
    if (place < 0) return -1;
    int tree = (int)syscall(SYS_open_tree, place, "", flags | AT_EMPTY_PATH);
    int error = errno;
    syscall(SYS_close, place);
    errno = error;
    return tree;
}

static int set_attributes(int mount, unsigned recursive, uint64_t set, uint64_t clear, uint64_t propagation) {
    struct mount_attr attributes = {.attr_set = set, .attr_clr = clear, .propagation = propagation};
    return (int)syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | recursive, &attributes, sizeof attributes);
}

static int attach(int mount, int target) {
    return (int)syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static int pivot(int root) {
    if (syscall(SYS_fchdir, root) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return -1;
    /* The old root now lies on top of the new one. It is a slave already: its end does not reach the host. */
    if (syscall(SYS_umount2, ".", DETACH) != 0) return -1;
    return (int)syscall(SYS_chdir, "/");
}

/* Covers `target` with a copy of the null device, or of an empty read-only directory. */
static int mask(int root, const char *path, int null) {
    int target = open_in_root(root, path, O_PATH, 0);
    if (target < 0) return -1;
    struct stat status;
    int cover = -1, result = -1;
    if (syscall(SYS_newfstatat, target, "", &status, AT_EMPTY_PATH) == 0) {
        if (S_ISDIR(status.st_mode)) {
            static const char options[] = "nr_blocks\0" "1\0" "nr_inodes\0" "2\0" "mode\0" "555";
            cover = clinux_new_mount("tmpfs", options, sizeof options,
                              MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        } else {
            if (is_null(null))
                cover = (int)syscall(SYS_open_tree, null, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
            else errno = ENODEV; /* not ENOENT: a missing cover is not a missing target */
        }
        if (cover >= 0) result = attach(cover, target);
    }
    int error = errno;
    if (cover >= 0) syscall(SYS_close, cover);
    syscall(SYS_close, target);
    errno = error;
    return result;
}

static int make_read_only(int root, const char *path) {
    int target = open_in_root(root, path, O_PATH, 0);
    if (target < 0) return -1;
    int tree = (int)syscall(SYS_open_tree, target, "",
                            OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
    int result = tree < 0 ? -1 : set_attributes(tree, AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0, 0);
    if (result == 0) result = attach(tree, target);
    int error = errno;
    if (tree >= 0) syscall(SYS_close, tree);
    syscall(SYS_close, target);
    errno = error;
    return result;
}

int run_mount_operation(struct child *child, const struct claunch_op *op) {
    const char *a = text(child, op->a), *b = text(child, op->b), *c = text(child, op->c);
    int x = slot(child, op->x), y = slot(child, op->y);
    switch (op->kind) {
    case CLAUNCH_PROPAGATION:
        return (int)syscall(SYS_mount, NULL, a, NULL, (unsigned long)op->n, NULL);
    case CLAUNCH_NEW_MOUNT:
        return fill(child, op->x, clinux_new_mount(a, child->base + op->blob, op->blob_length, (unsigned)op->n));
    case CLAUNCH_CLONE_TREE:
        if (fill(child, op->x, clone_tree(y, a, (unsigned)op->n)) != 0) return -1;
        if (op->m == 0 || is_on(slot(child, op->x), (long)op->m)) return 0;
        errno = ENODEV;
        return -1;
    case CLAUNCH_MOUNT_ATTRIBUTES:
        return set_attributes(x, (unsigned)(op->o >> 32), op->n, op->m, (uint32_t)op->o);
    case CLAUNCH_ATTACH:
        if (op->n == 0 && is_on(y, PROC_SUPER_MAGIC)) {
            errno = EPERM; /* a link in the image led into /proc */
            return -1;
        }
        return attach(x, y);
    case CLAUNCH_PIVOT:
        return pivot(x);
    case CLAUNCH_MASK:
        return mask(y, a, x);
    case CLAUNCH_READ_ONLY_PATH:
        return make_read_only(y, a);
    case CLAUNCH_MOUNT:
        return (int)syscall(SYS_mount, a, b, a, (unsigned long)op->n, c);
    default:
        errno = EINVAL;
        return -1;
    }
}
