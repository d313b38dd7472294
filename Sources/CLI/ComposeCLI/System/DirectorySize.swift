internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Bytes of the files below a directory, each once; 0 for what cannot be read. Nothing is followed.
func directorySize(_ path: String) -> Int64 {
    guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return 0 }
    var seen = Set<UInt64>()
    return directorySize(directory, &seen, depth: 0)
}

private func directorySize(_ directory: borrowing Descriptor, _ seen: inout Set<UInt64>, depth: Int) -> Int64 {
    guard depth < 512, let names = try? Files.names(in: directory) else { return 0 }
    var sum: Int64 = 0
    for name in names {
        var status = stat()
        guard fstatat(directory.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFREG {
            if status.st_nlink == 1 || seen.insert(UInt64(status.st_ino)).inserted { sum += Int64(status.st_size) }
        } else if status.st_mode & S_IFMT == S_IFDIR {
            let raw = openat(directory.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if raw >= 0 { sum += directorySize(Descriptor(owning: raw), &seen, depth: depth + 1) }
        }
    }
    return sum
}
