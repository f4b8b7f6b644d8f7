#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

#include "container.h"
#include "die.h"

static const char *own_path(int type) {
    switch (type) {
    case CLONE_NEWNET:
        return "/proc/self/ns/net";
    case CLONE_NEWIPC:
        return "/proc/self/ns/ipc";
    case CLONE_NEWUTS:
        return "/proc/self/ns/uts";
    case CLONE_NEWPID:
        return "/proc/self/ns/pid";
    case CLONE_NEWCGROUP:
        return "/proc/self/ns/cgroup";
    case CLONE_NEWNS:
        return "/proc/self/ns/mnt";
    default:
        die(125, "joining a namespace of an unknown kind (%#x)", type);
    }
}

static void join(struct joined *joined, int type, int fd, const char *path) {
    int back = open(own_path(type), O_RDONLY | O_CLOEXEC);
    if (back < 0 || joined->count == 8)
        die_errno(125, "opening %s", own_path(type));
    if (setns(fd, type) < 0)
        die_errno(125, "joining the namespace %s", path);
    joined->types[joined->count] = type;
    joined->back[joined->count++] = back;
}

void container_join(const struct plan *plan, int netns, struct joined *joined) {
    const struct plan_op *op;
    *joined = (struct joined){.count = 0};
    for (size_t position = 0; (op = plan_next(plan, PLAN_NS_JOIN, &position));) {
        if (op->args[0].number == CLONE_NEWUSER)
            continue;
        int fd = open(op->args[1].data, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            die_errno(125, "opening the namespace %s", op->args[1].data);
        join(joined, (int)op->args[0].number, fd, op->args[1].data);
        close(fd);
    }
    if (netns >= 0)
        join(joined, CLONE_NEWNET, netns, "of the network");
}

void container_leave(const struct joined *joined) {
    for (int i = joined->count; i-- > 0;) {
        if (setns(joined->back[i], joined->types[i]) < 0)
            die_errno(125, "returning to the monitor's namespace");
        close(joined->back[i]);
    }
}

int container_user_namespace(const struct plan *plan) {
    const struct plan_op *op;
    for (size_t position = 0; (op = plan_next(plan, PLAN_NS_JOIN, &position));) {
        if (op->args[0].number != CLONE_NEWUSER)
            continue;
        int fd = open(op->args[1].data, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            die_errno(125, "opening the user namespace %s", op->args[1].data);
        return fd;
    }
    return -1;
}
