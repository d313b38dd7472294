/// The plan of a container that asks for nothing special, with one cgroup controller and one processor.
let plainPlan = """
    clone mount pid network ipc uts
    into cgroup /sys/fs/cgroup/unified/compose/abc
    reset signals
    not dumpable
    session
    last program (if possible)
    write /sys/fs/cgroup/memory/compose/abc/cgroup.procs 0
    new cgroup
    loopback up
    write /proc/self/oom_score_adj 0 (if possible)
    reset scheduling
    limit core 0 unlimited (if possible)
    limit nofile 1024 524288 (if possible)
    limit nproc unlimited unlimited (if possible)
    limit stack 8388608 unlimited (if possible)
    limit memlock 8388608 8388608 (if possible)
    limit as unlimited unlimited (if possible)
    limit data unlimited unlimited (if possible)
    limit fsize unlimited unlimited (if possible)
    limit cpu unlimited unlimited (if possible)
    limit rss unlimited unlimited (if possible)
    limit locks unlimited unlimited (if possible)
    keyring _ses.abc
    umask 00
    propagation / rslave
    root = new overlay source=overlay,lowerdir+=/l/2,lowerdir+=/l/1,upperdir=/c/upper,workdir=/c/work,\
    redirect_dir=off,metacopy=off,index=off,xino=off
    target = open /c/upper
    attach root on target
    proc = new proc source=proc nosuid,nodev,noexec
    target = resolve /proc in root make directories, no links
    attach proc on target
    dev = new tmpfs source=tmpfs,mode=755,size=65536k nosuid,strictatime
    target = resolve /dev in root make directories
    attach dev on target
    mknod null in dev 0666 1:3 0:0
    mknod zero in dev 0666 1:5 0:0
    mknod full in dev 0666 1:7 0:0
    mknod random in dev 0666 1:8 0:0
    mknod urandom in dev 0666 1:9 0:0
    mknod tty in dev 0666 5:0 0:0
    null = open null in dev
    link fd -> /proc/self/fd in dev
    link stdin -> /proc/self/fd/0 in dev
    link stdout -> /proc/self/fd/1 in dev
    link stderr -> /proc/self/fd/2 in dev
    link ptmx -> pts/ptmx in dev
    link core -> /proc/kcore in dev
    devpts = new devpts source=devpts,ptmxmode=0666,mode=0620,gid=5 nosuid,noexec
    target = resolve pts in dev make directories
    attach devpts on target
    mount = new mqueue source=mqueue nosuid,nodev,noexec
    target = resolve mqueue in dev make directories
    attach mount on target
    mount = new tmpfs source=shm,mode=1777,size=67108864 nosuid,nodev,noexec
    target = resolve shm in dev make directories
    attach mount on target
    mount = new sysfs source=sysfs ro,nosuid,nodev,noexec
    target = resolve /sys in root make directories, no links
    attach mount on target
    cgroup = new tmpfs source=tmpfs,mode=755 nosuid,nodev,noexec
    target = resolve /sys/fs/cgroup in root make directories
    attach cgroup on target
    mount = clone /sys/fs/cgroup/memory/compose/abc
    attributes mount ro,nosuid,nodev,noexec private
    target = resolve memory in cgroup make directories
    attach mount on target
    attributes cgroup ro
    sysctl sys/net/ipv4/ip_unprivileged_port_start 0 (if possible)
    sysctl sys/net/ipv4/ping_group_range 0 2147483647 (if possible)
    pivot root
    hostname host
    read-only /proc/bus (if there)
    read-only /proc/fs (if there)
    read-only /proc/irq (if there)
    read-only /proc/sys (if there)
    read-only /proc/sysrq-trigger (if there)
    mask /proc/acpi (if there)
    mask /proc/asound (if there)
    mask /proc/interrupts (if there)
    mask /proc/kcore (if there)
    mask /proc/keys (if there)
    mask /proc/latency_stats (if there)
    mask /proc/sched_debug (if there)
    mask /proc/scsi (if there)
    mask /proc/timer_list (if there)
    mask /proc/timer_stats (if there)
    mask /sys/devices/virtual/powercap (if there)
    mask /sys/firmware (if there)
    mask /sys/devices/system/cpu/cpu0/thermal_throttle (if there)
    umask 022
    chdir / make
    stream 0 /dev/null owner 0
    stream 1 /dev/null owner 0
    stream 2 /dev/null owner 0
    close on exec
    bounding standard
    user 0:0 groups 0
    capabilities standard
    execute /usr/local/sbin/serve:/usr/local/bin/serve:/usr/sbin/serve:/usr/bin/serve:/sbin/serve:/bin/serve \
    ["serve", "-x"] environment ["A=1", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", \
    "HOSTNAME=host", "HOME=/root"]
    """
