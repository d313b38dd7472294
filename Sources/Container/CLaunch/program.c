/* ELF files in memory. */
#include "program.h"
#include "internal.h"
#include <elf.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/mount.h>

/* MFD_EXEC, which older headers lack. */
enum { EXECUTABLE = 0x10 };

struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    char parameters[PROGRAM_PARAMETERS];
};

_Static_assert(offsetof(struct image, parameters) == PROGRAM_PARAMETERS_OFFSET, "where a program looks for them");

/* Since Linux 6.3 the right to execute may have to be asked for; older ones do not know the flag. */
static int new_file(const char *name) {
    int fd = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING | EXECUTABLE);
    if (fd < 0 && errno == EINVAL) fd = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return fd;
}

/* Where executable memfds are forbidden (vm.memfd_noexec=2): a file in a file system of its own, which is attached
 * nowhere and in which nothing can be written any more once the program is there. */
static int open_mount(void) {
    int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    int mount = -1;
    if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    int error = errno;
    syscall(SYS_close, context);
    errno = error;
    return mount;
}

/* The file that was written, as one that can be executed. */
static int finished(int *fd, int mount, const char *name) {
    if (mount < 0) {
        const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
        return syscall(SYS_fcntl, *fd, F_ADD_SEALS, seals) == 0 ? *fd : -1;
    }
    /* What is open for writing is not executed, and keeps its mount writable. */
    syscall(SYS_close, *fd);
    *fd = -1;
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    if (syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0) return -1;
    return (int)syscall(SYS_openat, mount, name, O_RDONLY | O_CLOEXEC);
}

int make_program(const struct program *program) {
    const uint64_t length = (uint64_t)(program->end - program->code);
    struct image image = {
        .header =
            {
                .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                .e_type = ET_EXEC,
#if defined(__x86_64__)
                .e_machine = EM_X86_64,
#else
                .e_machine = EM_AARCH64,
#endif
                .e_version = EV_CURRENT,
                .e_entry = PROGRAM_ADDRESS + sizeof image + (uint64_t)(program->entry - program->code),
                .e_phoff = sizeof image.header,
                .e_ehsize = sizeof image.header,
                .e_phentsize = sizeof image.segment,
                .e_phnum = 1,
            },
        .segment =
            {
                .p_type = PT_LOAD,
                .p_flags = PF_R | PF_X,
                .p_vaddr = PROGRAM_ADDRESS,
                .p_paddr = PROGRAM_ADDRESS,
                .p_filesz = sizeof image + length,
                .p_memsz = sizeof image + length,
                .p_align = 0x1000,
            },
    };
    for (size_t i = 0; i < program->parameters_length && i < sizeof image.parameters; i++)
        image.parameters[i] = ((const char *)program->parameters)[i];
    int mount = -1, result = -1;
    int fd = new_file(program->name);
    if (fd < 0 && errno == EACCES && (mount = open_mount()) >= 0)
        fd = (int)syscall(SYS_openat, mount, program->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0555);
    if (fd >= 0 && write_all(fd, (const char *)&image, sizeof image) == 0
        && write_all(fd, program->code, length) == 0 && syscall(SYS_fchmod, fd, 0555) == 0)
        result = finished(&fd, mount, program->name);
    int error = errno;
    if (fd >= 0 && result < 0) syscall(SYS_close, fd);
    if (mount >= 0) syscall(SYS_close, mount);
    errno = error;
    return result;
}
