#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "netd.h"
#include "protocol.h"

#define PAUSE_LEAST_MS 50
#define PAUSE_GREATEST_MS 5000
#define STEADY_MS 10000

struct start {
    struct netd *netd;
    const struct plan_op *op;
    struct net_helper_place place;
};

bool way_out_is_needed(const struct wish *wish) {
    bool needed = false;
    for (size_t i = 0; i < wish->foot_count; i++)
        needed |= !(wish->feet[i].flags & PLAN_NETWORK_INTERNAL);
    return needed && plan_find(&wish->plan, PLAN_NET_HELPER);
}

/* Outside, for its own network is the host's. */
static int run(void *argument) {
    struct start *start = argument;
    net_helper_start(&start->netd->helper, start->op, &start->place);
    return 0;
}

static void take_ready(struct netd *netd, struct watch *watch, uint32_t events) {
    (void)events;
    netd->has_way_out = true;
    netd->helper_pause = PAUSE_LEAST_MS;
    watch_close(watch);
    netd->helper.ready = -1;
    members_answer(netd, NULL);
}

static void begin(struct netd *netd, const struct wish *wish) {
    struct start start = {
        .netd = netd,
        .op = plan_find(&wish->plan, PLAN_NET_HELPER),
        .place = {.directory = netd->helper_directory, .space = netd->space, .pid = getpid()}};
    if (netd->helper_since) /* its namespace is bound there already */
        net_helper_again(&netd->helper, &start.place);
    else
        net_helper_prepare(&netd->helper, &start.place);
    netd->helper_since = netd_now();
    outside_run(netd, run, &start);
    netd->helper_ready = (struct watch){.fd = netd->helper.ready, .ready = take_ready};
    watch_add(netd, &netd->helper_ready, EPOLLIN);
}

const char *way_out_need(struct netd *netd, const struct wish *wish) {
    if (netd->helper_since || !way_out_is_needed(wish))
        return NULL;
    begin(netd, wish);
    return NULL;
}

void way_out_ended(struct netd *netd) {
    char reason[512];
    net_helper_reason(&netd->helper, reason, sizeof reason);
    if (!netd->has_way_out)
        members_answer(netd, netd_error(netd, 0, "the way out of the networks failed%s", reason));
    netd->has_way_out = false;
    netd->helper.pid = 0;
    watch_close(&netd->helper_ready);
    close_fd(&netd->helper.ending);
    close_fd(&netd->helper.errors);
    netd->helper.ready = netd->helper.ending = netd->helper.errors = -1;
    if (netd_now() - netd->helper_since > STEADY_MS || !netd->helper_pause)
        netd->helper_pause = PAUSE_LEAST_MS;
    netd->helper_again = netd_now() + netd->helper_pause;
    netd->helper_pause =
        netd->helper_pause * 2 > PAUSE_GREATEST_MS ? PAUSE_GREATEST_MS : netd->helper_pause * 2;
}

void way_out_tick(struct netd *netd) {
    if (!netd->helper_again || netd_now() < netd->helper_again)
        return;
    for (const struct member *member = netd->members; member; member = member->next) {
        if (!member->wish || !way_out_is_needed(member->wish))
            continue;
        netd->helper_again = 0;
        return begin(netd, member->wish);
    }
}
