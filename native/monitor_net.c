#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "monitor.h"

#define READY_DEADLINE_MS 30000
#define READY_STEP_MS 50

void net_start(struct monitor *monitor) {
    const struct plan_op *op = plan_find(monitor->plan, PLAN_NET_HELPER);
    struct net_helper_place place = {.directory = plan_string(monitor->plan, PLAN_RUN_DIR, 0, ""),
                                     .space = monitor->container.netns,
                                     .pid = monitor->container.pid};
    if (!op || op->count < 2 || monitor->net.ending >= 0)
        return;
    net_helper_prepare(&monitor->net, &place);
    net_helper_start(&monitor->net, op, &place);
}

static _Noreturn void fail(const struct monitor *monitor, const char *what) {
    char reason[1024];
    net_helper_reason(&monitor->net, reason, sizeof reason);
    const struct plan_op *op = plan_find(monitor->plan, PLAN_NET_HELPER);
    die(125, "setting up the network: %s %s%s", op->args[1].data, what, reason);
}

static void wait_ready(struct monitor *monitor) {
    for (int waited = 0;; waited += READY_STEP_MS) {
        struct pollfd poll_fd = {.fd = monitor->net.ready, .events = POLLIN};
        if (poll(&poll_fd, 1, READY_STEP_MS) > 0)
            return;
        if (waitpid(monitor->net.pid, NULL, WNOHANG) == monitor->net.pid) {
            monitor->net.pid = 0;
            fail(monitor, "failed");
        }
        if (waited > READY_DEADLINE_MS)
            fail(monitor, "is not ready");
    }
}

static void shut(int *fd) {
    close_fd(fd);
    *fd = -1;
}

static void limit(const struct monitor *monitor) {
    errno = net_limit(monitor);
    if (errno)
        die_errno(125, "limiting the bandwidth of the network");
}

void net_wait(struct monitor *monitor) {
    if (monitor->net.ready < 0)
        return;
    uint64_t flags = plan_number(monitor->plan, PLAN_NET_HELPER, 0, 0);
    if (flags & PLAN_NET_READY_FD)
        wait_ready(monitor);
    shut(&monitor->net.ready);
    shut(&monitor->net.errors);
    limit(monitor);
    char *error = net_request_all(monitor);
    if (error)
        die(125, "%s", error);
}

void net_stop(struct monitor *monitor) {
    const char *directory = plan_string(monitor->plan, PLAN_RUN_DIR, 0, "");
    autofree char *netns = NULL;
    if (monitor->net.ending < 0)
        return;
    shut(&monitor->net.ending);
    shut(&monitor->net.ready);
    shut(&monitor->net.errors);
    monitor->net_again = 0;
    uint64_t flags = plan_number(monitor->plan, PLAN_NET_HELPER, 0, 0);
    if (monitor->net.pid > 0) {
        kill(monitor->net.pid, SIGKILL);
        while (waitpid(monitor->net.pid, NULL, flags & PLAN_NET_PORTS ? 0 : WNOHANG) < 0 && errno == EINTR)
            continue;
    }
    monitor->net.pid = 0;
    if (asprintf(&netns, "%s/netns", directory) > 0)
        umount2(netns, MNT_DETACH);
}
