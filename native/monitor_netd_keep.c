#include <stdlib.h>
#include <unistd.h>

#include "io.h"
#include "monitor.h"

#define PAUSE_LEAST_MS 20
#define PAUSE_GREATEST_MS 5000

/* Once netd is killed, all monitors come at once: one of them starts a new one, the others wait for that. */
static void try_later(struct monitor_netd *netd) {
    close_fd(&netd->fd);
    netd->fd = -1;
    netd->again = monotonic_ms() + netd->pause;
    netd->pause = netd->pause * 2 > PAUSE_GREATEST_MS ? PAUSE_GREATEST_MS : netd->pause * 2;
}

void netd_heard(struct monitor *monitor) {
    bool lost;
    autofree char *error = netd_hear(monitor->netd.fd, 0, &lost);
    if (error || lost)
        return try_later(&monitor->netd);
    monitor->netd.pause = PAUSE_LEAST_MS;
}

static int sooner(long long at, int otherwise) {
    if (!at)
        return otherwise;
    long long left = at - monotonic_ms();
    int wait = left < 0 ? 0 : (int)left;
    return otherwise < 0 || wait < otherwise ? wait : otherwise;
}

int netd_timeout(const struct monitor *monitor, int otherwise) {
    return sooner(monitor->net_again, sooner(monitor->netd.again, otherwise));
}

void netd_tick(struct monitor *monitor) {
    struct monitor_netd *netd = &monitor->netd;
    if (!netd->again || monotonic_ms() < netd->again)
        return;
    netd->again = 0;
    netd->fd = netd_reach(monitor->plan, netd);
    if (netd->fd < 0 || netd_say_wish(netd->fd, monitor->plan) < 0 ||
        netd_say_space(netd->fd, monitor->container.netns) < 0)
        try_later(netd);
}
