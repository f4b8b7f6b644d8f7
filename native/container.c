#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "container_borrow.h"
#include "container_idmap.h"
#include "die.h"
#include "hooks.h"
#include "io.h"

void container_initialise(struct container *container) {
    *container = (struct container){.pidfd = -1,
                                    .control = -1,
                                    .cgroup = -1,
                                    .input = -1,
                                    .output = -1,
                                    .error = -1,
                                    .terminal = -1,
                                    .caller = {-1, -1, -1},
                                    .netns = -1,
                                    .userns = -1};
}

static void shut(int *fd) {
    close_fd(fd);
    *fd = -1;
}

/* A pipe: one end for the child, the other, non-blocking, for the monitor. */
static int make_pipe(int *monitors, bool to_child) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        die_errno(125, "making a pipe");
    *monitors = ends[to_child];
    if (fcntl(*monitors, F_SETFL, O_NONBLOCK) < 0)
        die_errno(125, "making a pipe non-blocking");
    return ends[!to_child];
}

/* The child's ends; -1 is /dev/null, which the monitor itself has. */
void container_streams(struct container *container, const struct plan *plan, int *streams) {
    uint64_t stdio = plan_number(plan, PLAN_STDIO, 0, 0);
    streams[0] = streams[1] = streams[2] = -1;
    if (stdio & PLAN_STDIO_PASSTHROUGH) {
        for (int fd = 0; fd <= 2; fd++)
            streams[fd] = container->caller[fd];
    } else if (!(stdio & PLAN_STDIO_TTY)) {
        if (stdio & PLAN_STDIO_STDIN)
            streams[0] = make_pipe(&container->input, true);
        streams[1] = make_pipe(&container->output, false);
        streams[2] = make_pipe(&container->error, false);
    }
}

void container_close_streams(const struct plan *plan, const int *streams) {
    bool callers = plan_number(plan, PLAN_STDIO, 0, 0) & PLAN_STDIO_PASSTHROUGH;
    for (int fd = 0; fd <= 2; fd++)
        if (streams[fd] >= 0 && !callers)
            close(streams[fd]);
}

/* clone3(2) as fork(2): puts the process straight into its control group where the kernel can. */
static pid_t clone_process(uint64_t flags, int cgroup, int *pidfd, bool *in_cgroup) {
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD, .pidfd = (uintptr_t)pidfd, .exit_signal = SIGCHLD};
    if (flags & CLONE_PARENT)
        args.exit_signal = 0;
    *in_cgroup = cgroup >= 0;
    pid_t pid = -1;
    if (cgroup >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)cgroup;
        pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
        if (pid >= 0)
            return pid;
        args.flags &= ~(uint64_t)CLONE_INTO_CGROUP;
        args.cgroup = 0;
        *in_cgroup = false;
    }
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid < 0 && errno == ENOSYS)
        pid = (pid_t)syscall(SYS_clone, (args.flags & ~CLONE_PIDFD) | SIGCHLD, NULL, NULL, NULL, NULL);
    return pid;
}

static void write_map(const struct plan *plan, enum plan_code code, pid_t pid, const char *name) {
    char path[64], text[4096];
    size_t used = 0;
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, code, &position)) && used < sizeof text;)
        used += (size_t)snprintf(
            text + used, sizeof text - used, "%llu %llu %llu\n", (unsigned long long)op->args[0].number,
            (unsigned long long)op->args[1].number, (unsigned long long)op->args[2].number);
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    if (used >= sizeof text || (used > 0 && write_file(path, text) < 0))
        die_errno(125, "mapping the container's ids: writing %s", name);
}

static int open_namespace(pid_t pid, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die_errno(125, "opening the container's %s namespace", name);
    return fd;
}

struct birth {
    uint64_t flags;
    struct container_gift gift;
    bool in_cgroup;
};

static int reply_to;

static void report_between(int status, const char *text) {
    int32_t answer[2] = {-status, 0};
    write_full(reply_to, answer, sizeof answer);
    write_full(reply_to, text, strlen(text));
}

static _Noreturn void be_between(struct container *container, const struct plan *plan, struct birth *birth) {
    int pidfd;
    die_report_to(report_between);
    container_join(container, plan);
    pid_t pid = clone_process(birth->flags | CLONE_PARENT, container->cgroup, &pidfd, &birth->in_cgroup);
    if (pid == 0)
        container_child(plan, &birth->gift);
    if (pid < 0)
        die_errno(125, "making the container's process and namespaces");
    int32_t answer[2] = {pid, birth->in_cgroup};
    _exit(write_full(reply_to, answer, sizeof answer) < 0);
}

/*
 * From a joined namespace the monitor could not come back: a process in between joins, and has the container
 * as its sibling. The pid is the same to both, for a pid namespace is joined by children only.
 */
static pid_t clone_through(struct container *container, const struct plan *plan, struct birth *birth) {
    int reply[2];
    if (pipe2(reply, O_CLOEXEC) < 0)
        die_errno(125, "making a pipe");
    reply_to = reply[1];
    pid_t between = fork();
    if (between < 0)
        die_errno(125, "forking");
    if (between == 0)
        be_between(container, plan, birth);
    close(reply[1]);
    int32_t answer[2] = {-125, 0};
    read_full(reply[0], answer, sizeof answer);
    if (answer[0] <= 0) {
        char text[2048];
        ssize_t length = read_full(reply[0], text, sizeof text - 1);
        die(125, "%.*s", length < 0 ? 0 : (int)length, text);
    }
    close(reply[0]);
    waitpid(between, NULL, 0);
    birth->in_cgroup = answer[1];
    return answer[0];
}

static void give_birth(struct container *container, const struct plan *plan, struct birth *birth) {
    birth->flags = plan_number(plan, PLAN_NS_NEW, 0, 0) & ~(uint64_t)(CLONE_NEWCGROUP | CLONE_NEWUSER);
    if (container->netns >= 0)
        birth->flags &= ~(uint64_t)CLONE_NEWNET;
    if (container->userns < 0 && plan_find(plan, PLAN_CHILD_UID_MAP))
        birth->flags |= CLONE_NEWUSER;
    if (container_joins(container, plan))
        container->pid = clone_through(container, plan, birth);
    else
        container->pid = clone_process(birth->flags, container->cgroup, &container->pidfd, &birth->in_cgroup);
    if (container->pid == 0)
        container_child(plan, &birth->gift);
    if (container->pid < 0)
        die_errno(125, "making the container's process and namespaces");
    if (container->pidfd < 0)
        container->pidfd = (int)syscall(SYS_pidfd_open, container->pid, 0);
}

static void keep_namespaces(struct container *container, const struct plan *plan, uint64_t flags) {
    if (container->netns < 0 && (flags & CLONE_NEWNET))
        container->netns = open_namespace(container->pid, "net");
    if (container->userns < 0 && (flags & CLONE_NEWUSER)) {
        write_map(plan, PLAN_CHILD_GID_MAP, container->pid, "gid_map");
        write_map(plan, PLAN_CHILD_UID_MAP, container->pid, "uid_map");
        container->userns = open_namespace(container->pid, "user");
    }
}

void container_create(struct container *container, const struct plan *plan) {
    struct birth birth;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        die_errno(125, "making a socket pair");
    container->control = ends[0];
    birth.gift.control = ends[1];
    container_streams(container, plan, birth.gift.streams);
    birth.gift.borrowed = borrow_mounts(plan);
    if (container->cgroup < 0)
        container->cgroup = cgroup_make(plan);
    give_birth(container, plan, &birth);
    close(ends[1]);
    container_close_streams(plan, birth.gift.streams);
    borrow_close(plan, birth.gift.borrowed);
    keep_namespaces(container, plan, birth.flags);
    if (container->cgroup >= 0 && !birth.in_cgroup)
        cgroup_enter(plan, container->cgroup, container->pid);
    if (container->cgroup >= 0)
        cgroup_give(plan, container->cgroup);
    hooks_must_run(plan, PLAN_HOOK_CREATE_RUNTIME, container->pid);
    if (send(container->control, "g", 1, MSG_NOSIGNAL) != 1)
        die_errno(125, "starting the container's process");
    int userns = container->userns >= 0 ? container->userns : container_user_namespace(plan);
    if (userns >= 0)
        idmap_send(plan, userns, container->control);
}

/* One message of the child: its kind, 0 at the end of the stream. A descriptor that came with it becomes the
 * terminal. */
static char hear(struct container *container, char *text, size_t size) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control = {0};
    struct iovec data = {text, size - 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;
    do
        got = recvmsg(container->control, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    text[got < 0 ? 0 : got] = '\0';
    struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_type == SCM_RIGHTS) {
        memcpy(&container->terminal, CMSG_DATA(header), sizeof(int));
        fcntl(container->terminal, F_SETFL, O_NONBLOCK);
        container->output = container->terminal;
    }
    return text[0];
}

void container_wait(struct container *container) {
    char text[2200], kind;
    while ((kind = hear(container, text, sizeof text)) == 'f')
        continue;
    if (kind == 'E')
        die(atoi(text + 1), "%s", strchr(text, ' ') + 1);
    if (kind != 'R')
        die(125, "the container's process was killed while it was being set up");
}

char *container_release(struct container *container, int *status) {
    char text[2200];
    if (send(container->control, "x", 1, MSG_NOSIGNAL) != 1) {
        *status = 125;
        return strdup("the container's process was killed before it ran the program");
    }
    char kind = hear(container, text, sizeof text);
    shut(&container->control);
    if (kind != 'E')
        return NULL;
    *status = atoi(text + 1);
    return strdup(strchr(text, ' ') + 1);
}

void container_close(struct container *container) {
    if (container->terminal >= 0)
        container->output = -1;
    shut(&container->pidfd);
    shut(&container->control);
    shut(&container->input);
    shut(&container->output);
    shut(&container->error);
    shut(&container->terminal);
}
