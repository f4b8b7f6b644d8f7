/* The network helper has died: another one takes its place, with the same ports. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "monitor.h"

#define PAUSE_LEAST_MS 50
#define PAUSE_GREATEST_MS 10000

static void shut(int *fd) {
    close_fd(fd);
    *fd = -1;
}

void net_lost(struct monitor *monitor) {
    monitor->net.pid = 0;
    if (monitor->net.ending < 0)
        return;
    shut(&monitor->net.ready);
    shut(&monitor->net.errors);
    int pause = monitor->net_pause ? monitor->net_pause : PAUSE_LEAST_MS;
    monitor->net_again = monotonic_ms() + pause;
    monitor->net_pause = pause * 2 > PAUSE_GREATEST_MS ? PAUSE_GREATEST_MS : pause * 2;
}

static void start(struct monitor *monitor) {
    autofree char *socket = NULL;
    struct net_helper_place place = {.directory = plan_string(monitor->plan, PLAN_RUN_DIR, 0, ""),
                                     .space = monitor->container.netns,
                                     .pid = monitor->container.pid};
    if (asprintf(&socket, "%s/api.sock", place.directory) > 0)
        unlink(socket);
    shut(&monitor->net.ending);
    net_helper_again(&monitor->net, &place);
    net_helper_start(&monitor->net, plan_find(monitor->plan, PLAN_NET_HELPER), &place);
}

/* What it cannot be given is tried with yet another one. */
void net_up_again(struct monitor *monitor) {
    shut(&monitor->net.ready);
    shut(&monitor->net.errors);
    autofree char *error = net_limit(monitor) ? strdup("limits") : net_request_all(monitor);
    if (!error)
        monitor->net_pause = 0;
    else if (monitor->net.pid > 0)
        kill(monitor->net.pid, SIGKILL);
}

void net_tick(struct monitor *monitor) {
    if (!monitor->net_again || monotonic_ms() < monitor->net_again || monitor->ended)
        return;
    monitor->net_again = 0;
    start(monitor);
}
