#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "container.h"
#include "die.h"

bool container_joins(const struct container *container, const struct plan *plan) {
    return container->netns >= 0 || container->userns >= 0 || plan_find(plan, PLAN_NS_JOIN);
}

static void join(int type, const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && strncmp(path, "/proc/", 6) == 0)
        die(125, "joining the namespace %s: its container has ended", path);
    if (fd < 0)
        die_errno(125, "opening the namespace %s", path);
    if (setns(fd, type) < 0)
        die_errno(125, "joining the namespace %s", path);
    close(fd);
}

void container_join(const struct container *container, const struct plan *plan) {
    const struct plan_op *op;
    int userns = container->userns >= 0 ? container->userns : container_user_namespace(plan);
    for (size_t position = 0; (op = plan_next(plan, PLAN_NS_JOIN, &position));)
        if (op->args[0].number != CLONE_NEWUSER)
            join((int)op->args[0].number, op->args[1].data);
    if (container->netns >= 0 && setns(container->netns, CLONE_NEWNET) < 0)
        die_errno(125, "joining the network namespace that was kept");
    if (userns >= 0 && setns(userns, CLONE_NEWUSER) < 0)
        die_errno(125, "joining the user namespace");
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
