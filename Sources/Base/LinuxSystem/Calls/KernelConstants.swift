internal import Glibc

// Constants of the kernel that Glibc's import lacks, under their own names and in their own types.

/// open(2): the place of a file without the file itself.
public let O_PATH: Int32 = 0o10_000_000
/// open(2): a file without a name in a directory.
public let O_TMPFILE: Int32 = 0o20_000_000 | O_DIRECTORY

/// lseek(2): the next byte that is not a hole.
public let SEEK_DATA: Int32 = 3
/// lseek(2): the next hole.
public let SEEK_HOLE: Int32 = 4

/// utimensat(2): leaves a time as it is.
public let UTIME_OMIT = (1 << 30) - 2

/// renameat2(2): fails where the new name is taken.
public let RENAME_NOREPLACE: UInt32 = 1

/// posix_spawn(3): the child begins a session.
public let POSIX_SPAWN_SETSID: Int32 = 0x80

/// Namespaces, as unshare(2), setns(2) and clone(2) name them.
public let CLONE_NEWNS: Int32 = 0x0002_0000
/// A view of the control groups (cgroup_namespaces(7)).
public let CLONE_NEWCGROUP: Int32 = 0x0200_0000
/// Host name and NIS domain name (uts_namespaces(7)).
public let CLONE_NEWUTS: Int32 = 0x0400_0000
/// System V objects and POSIX message queues (ipc_namespaces(7)).
public let CLONE_NEWIPC: Int32 = 0x0800_0000
/// Process ids (pid_namespaces(7)); only children of who unshares it are in the new one.
public let CLONE_NEWPID: Int32 = 0x2000_0000
/// Interfaces, addresses, routes, firewall and ports (network_namespaces(7)).
public let CLONE_NEWNET: Int32 = 0x4000_0000

/// memfd_create(2): closed by execve(2).
public let MFD_CLOEXEC: UInt32 = 1
/// memfd_create(2): its size and content can be fixed for ever.
public let MFD_ALLOW_SEALING: UInt32 = 2
/// fcntl(2): fixes something of a memory file.
public let F_ADD_SEALS: Int32 = 1033
/// All of it: the size, the content and the seals themselves.
public let F_SEAL_ALL: Int32 = 0b1111
