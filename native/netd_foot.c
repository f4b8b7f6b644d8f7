#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "netd.h"
#include "netlink.h"
#include "protocol.h"

#define DEFAULT_METRIC 100

/* What the two ends of a pair have to know. */
struct ends {
    const struct wish *wish;
    const struct wish_foot *foot;
    size_t index;
};

/* Others forget at once which MAC the address had before. */
static void announce_itself(const char *interface) {
    char path[128];
    snprintf(path, sizeof path, "/proc/sys/net/ipv4/conf/%s/arp_notify", interface);
    write_file(path, "1");
    snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/ndisc_notify", interface);
    write_file(path, "1");
}

static int add_routes(int netlink, int link, const struct ends *ends) {
    const struct wish_foot *foot = ends->foot;
    bool out = !(foot->flags & (PLAN_NETWORK_INTERNAL | PLAN_NETWORK_NO_DEFAULT));
    int error = 0;
    for (size_t i = 0; i < foot->subnet_count && out && !error; i++) {
        struct link_route route = {.gateway = &foot->subnets[i].gateway,
                                   .metric = DEFAULT_METRIC + (uint32_t)ends->index};
        error = route.gateway->family ? link_add_route(netlink, link, &route) : 0;
    }
    for (size_t i = 0; i < foot->route_count && !error; i++) {
        struct link_route route = {&foot->routes[i].to, &foot->routes[i].gateway, foot->routes[i].metric};
        error = link_add_route(netlink, link, &route);
    }
    return error;
}

/* In the container's namespace. */
static int set_up_inside(int netlink, const struct ends *ends) {
    int link = link_index(ends->foot->interface), error = 0;
    announce_itself(ends->foot->interface);
    for (size_t i = 0; i < ends->foot->address_count && !error; i++)
        error = link_add_address(netlink, link, &ends->foot->addresses[i]);
    if (!error && ends->wish->egress)
        error = rate_limit(netlink, link, ends->wish->egress);
    if (!error)
        error = link_up(netlink, link);
    return error ? error : add_routes(netlink, link, ends);
}

/* What an earlier netd has left there: it is on its way out. */
static int remove_inside(int netlink, const struct ends *ends) {
    int link = link_index(ends->foot->interface);
    return link ? link_remove(netlink, link) : 0;
}

static int do_inside(struct netd *netd, int space, int (*work)(int, const struct ends *),
                     const struct ends *ends) {
    if (setns(space, CLONE_NEWNET) < 0)
        return errno;
    autoclose int netlink = netlink_open(NETLINK_ROUTE);
    int error = work(netlink, ends);
    return setns(netd->space, CLONE_NEWNET) < 0 ? errno : error;
}

static int set_up_outside(struct netd *netd, const struct ends *ends, struct foot *foot, const char *name) {
    foot->link = link_index(name);
    int error = ends->wish->ingress ? rate_limit(netd->netlink, foot->link, ends->wish->ingress) : 0;
    return error ? error : link_up(netd->netlink, foot->link);
}

const char *foot_attach(struct netd *netd, const struct member *member, const struct wish *wish, size_t index,
                        struct foot *foot) {
    struct ends ends = {wish, &wish->feet[index], index};
    char name[IFNAMSIZ];
    snprintf(name, sizeof name, "veth%u", netd->links_made++);
    struct link_pair pair = {.name = name,
                             .bridge = foot->network->index,
                             .peer = ends.foot->interface,
                             .peer_namespace = member->space,
                             .mtu = ends.foot->mtu};
    memcpy(pair.peer_mac, ends.foot->mac, sizeof pair.peer_mac);
    int error = link_make_pair(netd->netlink, &pair);
    if (error == EEXIST && do_inside(netd, member->space, remove_inside, &ends) == 0)
        error = link_make_pair(netd->netlink, &pair);
    if (!error)
        error = set_up_outside(netd, &ends, foot, name);
    if (!error)
        error = do_inside(netd, member->space, set_up_inside, &ends);
    if (!error)
        return NULL;
    foot_detach(netd, foot);
    return netd_error(netd, error, "connecting %s to network \"%s\"", ends.foot->interface,
                      ends.foot->network->args[0].data);
}

void foot_detach(struct netd *netd, struct foot *foot) {
    if (foot->link)
        link_remove(netd->netlink, foot->link);
    foot->link = 0;
}
