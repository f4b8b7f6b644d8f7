#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "monitor.h"

#define ATTEMPTS 5 /* netd may be ending just when it is asked */
#define ANSWER_MS 30000
#define LEAVE_MS 3000

static void hang_up(struct monitor_netd *netd) {
    close_fd(&netd->fd);
    netd->fd = -1;
}

static int say_all(struct monitor *monitor, bool space) {
    if (netd_say_wish(monitor->netd.fd, monitor->plan) < 0)
        return -1;
    return space ? netd_say_space(monitor->netd.fd, monitor->container.netns) : 0;
}

/* Connects, and says what is known. A connection that breaks meanwhile is noticed by who waits for an answer.
 */
static void connect_netd(struct monitor *monitor, bool space) {
    hang_up(&monitor->netd);
    monitor->netd.fd = netd_reach(monitor->plan, &monitor->netd);
    if (monitor->netd.fd < 0)
        die_errno(125, "setting up the networks: starting netd");
    say_all(monitor, space);
}

void netd_begin(struct monitor *monitor) {
    if (plan_find(monitor->plan, PLAN_NETD))
        connect_netd(monitor, false);
}

void netd_join(struct monitor *monitor) {
    if (!plan_find(monitor->plan, PLAN_NETD))
        return;
    if (monitor->netd.fd < 0)
        connect_netd(monitor, true);
    else if (!monitor->ran || plan_find(monitor->plan, PLAN_OCI_RUNTIME))
        netd_say_space(monitor->netd.fd, monitor->container.netns);
}

void netd_wait(struct monitor *monitor) {
    bool lost = true;
    if (!plan_find(monitor->plan, PLAN_NETD) || monitor->netd.answered)
        return;
    for (int attempt = 0; lost; attempt++) {
        autofree char *error = netd_hear(monitor->netd.fd, ANSWER_MS, &lost);
        if (error)
            die(125, "setting up the networks: %s", error);
        if (lost && attempt == ATTEMPTS)
            die(125, "setting up the networks: netd has ended without a word");
        if (lost)
            connect_netd(monitor, true);
    }
    monitor->netd.answered = true;
}

void netd_leave(struct monitor *monitor) {
    bool lost;
    if (monitor->netd.fd < 0)
        return;
    shutdown(monitor->netd.fd, SHUT_WR);
    free(netd_hear(monitor->netd.fd, LEAVE_MS, &lost));
    hang_up(&monitor->netd);
    monitor->netd.again = 0;
    monitor->netd.answered = false;
}

char *netd_change(struct monitor *monitor, const struct plan *update) {
    bool lost = true;
    if (!plan_find(update, PLAN_NETD))
        return NULL;
    if (!plan_find(monitor->plan, PLAN_NETD))
        return strdup("the container was not started with networks of its own");
    if (monitor->netd.fd >= 0 && netd_say_wish(monitor->netd.fd, update) == 0) {
        char *error = netd_hear(monitor->netd.fd, ANSWER_MS, &lost);
        if (!lost)
            return error;
    }
    return strdup("the networks are being restored: try again");
}
