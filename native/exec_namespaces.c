#include "exec_namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "die.h"
#include "io.h"
#include "userns.h"

static const char *name_of(const struct plan *plan) {
    return plan_string(plan, PLAN_CONTAINER, 1, "");
}

/* A descriptor of that very process, not of another one that got its number. */
static int open_target(const struct plan *plan, pid_t pid, unsigned long long start_time) {
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0 && errno != ESRCH)
        die_errno(125, "opening process %d of container \"%s\"", pid, name_of(plan));
    if (fd < 0 || process_start_time(pid) != start_time)
        die(125, "container \"%s\" is not running", name_of(plan));
    return fd;
}

static bool is_same(int one, int other) {
    struct stat a, b;
    return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int open_own(void) {
    int fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die_errno(125, "opening /proc/self/ns/user");
    return fd;
}

static int open_user_namespace(const struct plan *plan, pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        die(125, "container \"%s\" is not running", name_of(plan));
    if (fd < 0)
        die_errno(125, "opening the user namespace of container \"%s\"", name_of(plan));
    return fd;
}

static void join_user(int fd) {
    autoclose int own = open_own();
    if (!is_same(own, fd) && setns(fd, CLONE_NEWUSER) < 0)
        die_errno(125, "joining the container's user namespace");
}

void exec_join_namespaces(const struct plan *plan) {
    const struct plan_op *op = plan_find(plan, PLAN_EXEC_TARGET);
    if (!op)
        die(125, "exec: the plan names no container process");
    pid_t pid = (pid_t)op->args[0].number;
    autoclose int target = open_target(plan, pid, op->args[1].number);
    autoclose int own = open_own();
    autoclose int user = open_user_namespace(plan, pid);
    /* the common namespace, where the container has a child of it: only from there all others may be joined
     */
    autoclose int parent = is_same(own, user) ? -1 : ioctl(user, NS_GET_PARENT);
    bool is_child = parent >= 0 && !is_same(parent, own);
    join_user(is_child ? parent : user);
    int types = (int)(op->args[2].number & ~(uint64_t)CLONE_NEWUSER);
    if (types && setns(target, types) < 0) {
        if (errno == ESRCH)
            die(125, "container \"%s\" is not running", name_of(plan));
        die_errno(125, "joining the namespaces of container \"%s\"", name_of(plan));
    }
    if (is_child && setns(user, CLONE_NEWUSER) < 0)
        die_errno(125, "joining the user namespace of container \"%s\"", name_of(plan));
}
