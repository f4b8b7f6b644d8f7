#include <errno.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "monitor.h"
#include "netd_link.h"
#include "netlink.h"

#define THROUGH "tspod-in" /* what comes in takes its way through this one, which is limited */

/* The helper's interface: slirp4netns has always the same name, pasta that of the host's. */
static int find_link(void) {
    int found = 0;
    struct if_nameindex *all = if_nameindex();
    for (const struct if_nameindex *at = all; at && at->if_index && !found; at++)
        if (strcmp(at->if_name, "lo") != 0 && strcmp(at->if_name, THROUGH) != 0)
            found = (int)at->if_index;
    if (all)
        if_freenameindex(all);
    return found;
}

static int limit_ingress(int netlink, int link, uint64_t bits) {
    int through = link_index(THROUGH);
    int error = through ? 0 : link_make_ifb(netlink, THROUGH);
    return error ? error : rate_limit_ingress(netlink, link, link_index(THROUGH), bits);
}

static int limit(const struct plan_op *op, int space) {
    if (setns(space, CLONE_NEWNET) < 0)
        return errno;
    int netlink = netlink_open(NETLINK_ROUTE), link = find_link(), error = link ? 0 : ENODEV;
    if (!error && op->args[0].number)
        error = rate_limit(netlink, link, op->args[0].number);
    if (!error && op->args[1].number)
        error = limit_ingress(netlink, link, op->args[1].number);
    return error;
}

/* By a process of its own: the monitor could not come back from the container's namespace. */
int net_limit(const struct monitor *monitor) {
    const struct plan_op *op = plan_find(monitor->plan, PLAN_NET_RATE);
    int status = 0;
    if (!op)
        return 0;
    pid_t pid = fork();
    if (pid < 0)
        return errno;
    if (pid == 0)
        _exit(limit(op, monitor->container.netns));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}
