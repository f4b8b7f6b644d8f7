#include "preserve.h"

#include <fcntl.h>
#include <unistd.h>

static void for_each(const struct plan *plan, void (*act)(int fd)) {
    int count = (int)plan_number(plan, PLAN_PRESERVE_FDS, 0, 0);
    const struct plan_op *op = plan_find(plan, PLAN_PRESERVE_FD_LIST);
    for (int fd = 3; fd < 3 + count; fd++)
        act(fd);
    for (size_t i = 0; op && i < op->count; i++)
        act((int)op->args[i].number);
}

static void guard(int fd) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void pass(int fd) {
    fcntl(fd, F_SETFD, 0);
}

static void shut(int fd) {
    close(fd);
}

void preserve_guard(const struct plan *plan) {
    for_each(plan, guard);
}

void preserve_pass(const struct plan *plan) {
    for_each(plan, pass);
}

void preserve_close(const struct plan *plan) {
    for_each(plan, shut);
}
