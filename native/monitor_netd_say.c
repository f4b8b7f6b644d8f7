#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"
#include "io.h"
#include "monitor_netd.h"

int netd_say_wish(int fd, const struct plan *plan) {
    const struct plan_op *op = plan_find(plan, PLAN_NETD);
    autoclose int wish = memfd_create("wish", MFD_CLOEXEC);
    if (wish < 0 || write_full(wish, op->args[1].data, op->args[1].length) < 0)
        return -1;
    return fd_send_as(fd, wish, NETD_SAY_WISH);
}

int netd_say_space(int fd, int space) {
    return fd_send_as(fd, space, NETD_SAY_SPACE);
}

char *netd_hear(int fd, int milliseconds, bool *lost) {
    struct frame frame;
    *lost = false;
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    if (poll(&poll_fd, 1, milliseconds) == 0)
        return strdup("the networks are not ready in time");
    *lost = !frame_receive(fd, &frame);
    if (*lost || frame.type != FRAME_ERROR)
        return NULL;
    return strdup(frame.length > 4 ? frame.data + 4 : "unknown error");
}
