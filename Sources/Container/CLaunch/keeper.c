/* The keeper: parent of a project's containers, holder of their descriptors, recorder of their ends. One thread. */
#include "internal.h"
#include "CLinux.h"
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

_Static_assert((int)CLAUNCH_SLOTS <= (int)CLINUX_MAX_DESCRIPTORS, "a plan's descriptors fit into one message");

enum {
    MAX_CHILDREN = 4096,
    MAX_KEPT = 16384,
    MAX_CONNECTIONS = 256,
    /* Seconds that a supervisor may take to read what it asked for. */
    SEND_PATIENCE = 2,
    LARGEST_PLAN = 64 << 20,
    /* Milliseconds without children and without a supervisor until the keeper leaves. */
    PATIENCE = 10000,
};

struct kept_child {
    int pid;
    /* An intermediate's, until its child is born: that takes its place. */
    int is_intermediate;
    /* Connection that waits for the birth, or -1. */
    int waiter;
    int record;
    uint64_t start_ticks;
    char tag[CLAUNCH_NAME];
};

struct kept_descriptor {
    int fd;
    char name[CLAUNCH_NAME];
};

/* Zero pages until used. */
static struct kept_child children[MAX_CHILDREN];
static struct kept_descriptor kept[MAX_KEPT];
static struct pollfd connections[MAX_CONNECTIONS];
static char watching[MAX_CONNECTIONS];
static int child_count, kept_count, connection_count;
static const char socket_name[] = "keeper.sock";
static int exit_log, run_directory, births[2];

static void leave(void) {
    unlinkat(run_directory, socket_name, 0);
    _exit(0);
}

static void hang_up(int index) {
    for (int i = 0; i < child_count; i++)
        if (children[i].waiter == connections[index].fd) children[i].waiter = -1;
    close(connections[index].fd);
    connection_count--;
    connections[index] = connections[connection_count];
    watching[index] = watching[connection_count];
}

static size_t append_number(char *line, size_t end, uint64_t number) {
    char digits[20];
    size_t count = 0;
    do digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    line[end++] = ' ';
    while (count > 0) line[end++] = digits[--count];
    return end;
}

/* "TAG PID START-TICKS WAIT-STATUS NANOSECONDS\n", with one write: it is there whole or not at all. */
static void record_exit(const struct claunch_reply *exit) {
    char line[CLAUNCH_NAME + 96];
    size_t end = strlen(exit->name);
    memcpy(line, exit->name, end);
    end = append_number(line, end, (uint64_t)exit->pid);
    end = append_number(line, end, exit->start_ticks);
    end = append_number(line, end, (uint64_t)exit->wait_status);
    end = append_number(line, end, (uint64_t)exit->time);
    line[end++] = '\n';
    while (write(exit_log, line, end) < 0 && errno == EINTR) {}
}

/* The last answer to a launch by an intermediate. */
static void answer_launch(struct kept_child *child, int error, int pidfd) {
    if (child->waiter < 0) return;
    const struct claunch_reply reply = {
        .error = error, .last = 1, .pid = child->pid, .start_ticks = child->start_ticks};
    clinux_send_descriptors(child->waiter, &reply, sizeof reply, &pidfd, pidfd >= 0 ? 1 : 0, MSG_DONTWAIT);
    child->waiter = -1;
}

static void report_exit(int index, int status) {
    if (children[index].is_intermediate) answer_launch(&children[index], ECHILD, -1);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct claunch_reply exit = {
        .pid = children[index].pid,
        .wait_status = status,
        .start_ticks = children[index].start_ticks,
        .time = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec,
    };
    memcpy(exit.name, children[index].tag, CLAUNCH_NAME);
    if (children[index].record) record_exit(&exit);
    children[index] = children[--child_count];
    for (int i = connection_count - 1; i >= 0; i--)
        if (watching[i] &&
            clinux_send_descriptors(connections[i].fd, &exit, sizeof exit, NULL, 0, MSG_DONTWAIT) < 0)
            hang_up(i);
}

static int find_child(int pid) {
    for (int i = 0; i < child_count; i++)
        if (children[i].pid == pid) return i;
    return -1;
}

static int awaits_births(void) {
    for (int i = 0; i < child_count; i++)
        if (children[i].is_intermediate) return 1;
    return 0;
}

/* The intermediate's place is its child's from now on. */
static void take_over(int index, int pid) {
    struct kept_child *child = &children[index];
    struct early_end end = {.pidfd = -1};
    const int has_ended = take_early(pid, &end);
    if (!has_ended && !claunch_is_child(pid)) return;
    child->is_intermediate = 0;
    child->pid = pid;
    /* One that is not reaped yet still has its number. */
    child->start_ticks = has_ended ? end.start_ticks : claunch_start_ticks(pid);
    int pidfd = has_ended ? end.pidfd : clinux_pidfd_open(pid, 0);
    answer_launch(child, pidfd < 0 ? ESRCH : 0, pidfd);
    if (pidfd >= 0) close(pidfd);
    if (has_ended) report_exit(index, end.status);
}

static void take_births(void) {
    int32_t intermediate, pid;
    while (claunch_receive_birth(births[0], &intermediate, &pid) == 0) {
        int index = find_child(intermediate);
        if (index >= 0 && children[index].is_intermediate && find_child(pid) < 0) take_over(index, pid);
    }
}

/* Reaps one child; 0 when there is none. */
static int reap_one(int options) {
    siginfo_t ended = {.si_pid = 0};
    if (waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT | options) != 0 || ended.si_pid == 0) return 0;
    /* Whoever is done has told of its child before. */
    take_births();
    const pid_t pid = ended.si_pid;
    int status = 0, index = find_child(pid);
    /* Without an entry: somebody's orphan, an intermediate that is done, or a child whose birth comes late. */
    struct early_end *early = index < 0 && awaits_births() ? remember_early(pid) : NULL;
    waitpid(pid, &status, 0);
    if (early != NULL) early->status = status;
    else if (index >= 0) report_exit(index, status);
    if (!awaits_births()) forget_early();
    return 1;
}

static void reap(void) {
    while (reap_one(WNOHANG)) {}
}

static int launch(int socket, int *descriptors, int count, struct claunch_reply *reply, int *pidfd) {
    struct stat status;
    if (count < 1 || fstat(descriptors[0], &status) != 0) return EINVAL;
    if (status.st_size <= 0 || status.st_size > LARGEST_PLAN) return EINVAL;
    if (child_count == MAX_CHILDREN) return EAGAIN;
    size_t length = (size_t)status.st_size;
    /* Private and writable: the child turns offsets into pointers where they lie. */
    struct claunch_plan *plan = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptors[0], 0);
    if (plan == MAP_FAILED) return errno;
    struct claunch_child child;
    int error = claunch_plan_is_valid(plan, length) ? 0 : EINVAL;
    if (error == 0) error = claunch_start(plan, descriptors + 1, (uint32_t)count - 1, births[1], &child);
    if (error == 0) {
        const int is_intermediate = plan->pid_namespace_slot >= 0;
        struct kept_child *entry = &children[child_count++];
        *entry = (struct kept_child){
            .pid = child.pid,
            .is_intermediate = is_intermediate,
            .waiter = is_intermediate ? socket : -1,
            .start_ticks = child.start_ticks,
            .record = plan->flags & CLAUNCH_RECORD_EXIT,
        };
        reply->last = !is_intermediate;
        memcpy(entry->tag, plan->tag, CLAUNCH_NAME);
        reply->pid = child.pid;
        reply->start_ticks = child.start_ticks;
        *pidfd = child.pidfd;
    }
    munmap(plan, length);
    return error;
}

static int find_kept(const char *name) {
    for (int i = 0; i < kept_count; i++)
        if (strncmp(kept[i].name, name, CLAUNCH_NAME) == 0) return i;
    return -1;
}

static int keep(const char *name, int *fd) {
    int index = find_kept(name);
    if (index < 0 && kept_count == MAX_KEPT) return ENOSPC;
    if (index < 0) {
        index = kept_count++;
        memcpy(kept[index].name, name, CLAUNCH_NAME);
    } else {
        close(kept[index].fd);
    }
    kept[index].fd = *fd;
    *fd = -1;
    return 0;
}

static int drop(const char *name) {
    int index = find_kept(name);
    if (index < 0) return ENOENT;
    close(kept[index].fd);
    kept[index] = kept[--kept_count];
    return 0;
}

static void list(int socket, uint32_t kind) {
    int count = kind == CLAUNCH_REQUEST_KEYS ? kept_count : child_count;
    for (int i = 0; i < count; i++) {
        struct claunch_reply reply = {0};
        if (kind == CLAUNCH_REQUEST_KEYS) {
            memcpy(reply.name, kept[i].name, CLAUNCH_NAME);
        } else {
            reply.pid = children[i].pid;
            reply.start_ticks = children[i].start_ticks;
            memcpy(reply.name, children[i].tag, CLAUNCH_NAME);
        }
        if (clinux_send_descriptors(socket, &reply, sizeof reply, NULL, 0, 0) < 0) return;
    }
}

static int shut_down(int kill_children) {
    if (child_count > 0 && !kill_children) return EBUSY;
    /* They are ours and not reaped: the numbers cannot belong to others. */
    for (int i = 0; i < child_count; i++) kill(children[i].pid, SIGKILL);
    while (child_count > 0 && reap_one(0)) {
        /* Also who was born meanwhile. */
        for (int i = 0; i < child_count; i++) kill(children[i].pid, SIGKILL);
    }
    return 0;
}

static int forget(uint64_t size) {
    struct stat status;
    if (fstat(exit_log, &status) != 0) return errno;
    if ((uint64_t)status.st_size != size) return EAGAIN;
    return ftruncate(exit_log, 0) == 0 ? 0 : errno;
}

/* Handles one message; 0 when the connection is to be closed. */
static int serve(int index) {
    int socket = connections[index].fd;
    struct claunch_request request;
    int descriptors[CLAUNCH_SLOTS], count = CLAUNCH_SLOTS, answer = -1, owned = -1;
    long length = clinux_receive_descriptors(socket, &request, sizeof request, descriptors, &count, MSG_DONTWAIT);
    if (length < 0) return errno == EAGAIN;
    int known = length == (long)sizeof request && request.name[CLAUNCH_NAME - 1] == 0;
    struct claunch_reply reply = {.error = EINVAL, .last = 1};
    if (known) switch (request.kind) {
        case CLAUNCH_REQUEST_LAUNCH:
            reply.error = launch(socket, descriptors, count, &reply, &owned);
            answer = owned;
            break;
        case CLAUNCH_REQUEST_KEEP:
            if (count == 1) reply.error = keep(request.name, &descriptors[0]);
            break;
        case CLAUNCH_REQUEST_KEPT: {
            int place = find_kept(request.name);
            reply.error = place < 0 ? ENOENT : 0;
            if (place >= 0) answer = kept[place].fd;
            break;
        }
        case CLAUNCH_REQUEST_KEYS:
        case CLAUNCH_REQUEST_CHILDREN:
            list(socket, request.kind);
            reply.error = 0;
            break;
        case CLAUNCH_REQUEST_DROP:
            reply.error = drop(request.name);
            break;
        case CLAUNCH_REQUEST_WATCH:
            watching[index] = 1;
            reply.error = 0;
            break;
        case CLAUNCH_REQUEST_FORGET:
            reply.error = forget(request.value);
            break;
        case CLAUNCH_REQUEST_SHUTDOWN:
            reply.error = shut_down(request.value != 0);
            break;
        }
    for (int i = 0; i < count; i++)
        if (descriptors[i] >= 0) close(descriptors[i]);
    int is_last = known && request.kind == CLAUNCH_REQUEST_SHUTDOWN && reply.error == 0;
    /* Whoever reads the answer may start another keeper at once. */
    if (is_last) unlinkat(run_directory, socket_name, 0);
    /* Who does not get his answer sees the end instead of waiting for it. */
    if (known && clinux_send_descriptors(socket, &reply, sizeof reply, &answer, answer >= 0 ? 1 : 0, 0) < 0) known = 0;
    if (owned >= 0) close(owned);
    if (is_last) _exit(0);
    return known;
}

static void accept_connection(int listener) {
    int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (socket < 0) return;
    struct ucred peer;
    socklen_t length = sizeof peer;
    int is_trusted = getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid();
    if (!is_trusted) {
        close(socket);
        return;
    }
    const struct timeval patience = {.tv_sec = SEND_PATIENCE};
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connections[connection_count] = (struct pollfd){.fd = socket, .events = POLLIN};
    watching[connection_count++] = 0;
}

_Noreturn void keeper_loop(int listener, int directory, int log) {
    run_directory = directory;
    exit_log = log;
    if (claunch_open_births(births) != 0) _exit(1);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    int ended = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    for (;;) {
        struct pollfd places[MAX_CONNECTIONS + 3];
        int count = connection_count;
        memcpy(places, connections, sizeof *places * (size_t)count);
        /* When all places are taken, newcomers wait. */
        places[count] = (struct pollfd){.fd = listener, .events = count < MAX_CONNECTIONS ? POLLIN : 0};
        places[count + 1] = (struct pollfd){.fd = ended, .events = POLLIN};
        places[count + 2] = (struct pollfd){.fd = births[0], .events = POLLIN};
        int is_idle = child_count == 0 && connection_count == 0;
        int ready = poll(places, (nfds_t)count + 3, is_idle ? PATIENCE : -1);
        if (ready == 0) leave();
        if (ready < 0) continue;
        if (places[count + 1].revents != 0) {
            struct signalfd_siginfo information;
            while (read(ended, &information, sizeof information) > 0) {}
            reap();
        }
        if (places[count + 2].revents != 0) take_births();
        /* Backwards: hanging up moves the last one into the gap. */
        for (int i = count - 1; i >= 0; i--) {
            if (places[i].revents == 0 || i >= connection_count || connections[i].fd != places[i].fd) continue;
            if (!serve(i)) hang_up(i);
        }
        if (places[count].revents != 0) accept_connection(listener);
    }
}
