#include "exec_namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "die.h"
#include "io.h"
#include "userns.h"

/* A descriptor of that very process, not of another one that got its number. */
static int open_target(const struct exec_target *target) {
    int fd = (int)syscall(SYS_pidfd_open, target->pid, 0);
    if (fd < 0 && errno != ESRCH)
        die_errno(125, "opening process %d of container \"%s\"", target->pid, target->name);
    if (fd < 0 || process_start_time(target->pid) != target->start_time)
        die(125, "container \"%s\" is not running", target->name);
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

static int open_user_namespace(const struct exec_target *target) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/user", target->pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        die(125, "container \"%s\" is not running", target->name);
    if (fd < 0)
        die_errno(125, "opening the user namespace of container \"%s\"", target->name);
    return fd;
}

static void join_user(int fd) {
    autoclose int own = open_own();
    if (!is_same(own, fd) && setns(fd, CLONE_NEWUSER) < 0)
        die_errno(125, "joining the container's user namespace");
}

void exec_join(const struct exec_target *target) {
    autoclose int process = open_target(target);
    autoclose int own = open_own();
    autoclose int user = open_user_namespace(target);
    /* the common namespace, where the container has a child of it: only from there all others may be joined
     */
    autoclose int parent = is_same(own, user) ? -1 : ioctl(user, NS_GET_PARENT);
    bool is_child = parent >= 0 && (target->is_inside || !is_same(parent, own));
    join_user(is_child ? parent : user);
    int types = (int)(target->namespaces & ~(uint64_t)CLONE_NEWUSER);
    if (types && setns(process, types) < 0) {
        if (errno == ESRCH)
            die(125, "container \"%s\" is not running", target->name);
        die_errno(125, "joining the namespaces of container \"%s\"", target->name);
    }
    if (is_child && setns(user, CLONE_NEWUSER) < 0)
        die_errno(125, "joining the user namespace of container \"%s\"", target->name);
}

void exec_join_namespaces(const struct plan *plan) {
    const struct plan_op *op = plan_find(plan, PLAN_EXEC_TARGET);
    if (!op)
        die(125, "exec: the plan names no container process");
    exec_join(&(struct exec_target){.name = plan_string(plan, PLAN_CONTAINER, 1, ""),
                                    .pid = (pid_t)op->args[0].number,
                                    .start_time = op->args[1].number,
                                    .namespaces = op->args[2].number});
}

void exec_hide(void) {
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        die_errno(125, "hiding from the container");
}
