#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netd.h"
#include "netd_filter.h"
#include "protocol.h"

#define NETWORKS_GREATEST 1024
/* A network that nobody uses any more is kept for so long: removing it takes a while. */
#define IDLE_MS 1000

static const char *refresh_filter(struct netd *netd) {
    static struct filter_network all[NETWORKS_GREATEST];
    size_t count = 0;
    for (const struct network *at = netd->networks; at && count < NETWORKS_GREATEST; at = at->next) {
        all[count++] = (struct filter_network){at->bridge, at->flags};
    }
    int error = filter_keep_apart(netd->filter, all, count);
    return error ? netd_error(netd, error, "keeping the networks apart") : NULL;
}

/* The same after netd was killed: other containers remember it. */
static void mac_of(const char *bridge, uint8_t *mac) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *bridge; bridge++)
        hash = (hash ^ (unsigned char)*bridge) * 0x100000001b3u;
    for (int i = 0; i < 6; i++)
        mac[i] = (uint8_t)(hash >> (8 * i));
    mac[0] = (uint8_t)((mac[0] & 0xfe) | 2);
}

static const char *set_up(struct netd *netd, struct network *network, uint32_t mtu) {
    struct link_bridge bridge = {.name = network->bridge, .mtu = mtu};
    mac_of(network->bridge, bridge.mac);
    int error = link_make_bridge(netd->netlink, &bridge);
    if (error)
        return netd_error(netd, error, "making the bridge %s", network->bridge);
    network->index = link_index(network->bridge);
    for (size_t i = 0; i < network->subnet_count && !error; i++)
        if (network->subnets[i].gateway.family)
            error = link_add_address(netd->netlink, network->index, &network->subnets[i].gateway);
    if (error)
        return netd_error(netd, error, "giving the bridge %s its addresses", network->bridge);
    error = link_up(netd->netlink, network->index);
    if (error)
        return netd_error(netd, error, "setting the bridge %s up", network->bridge);
    const char *wrong = refresh_filter(netd);
    return wrong ? wrong : resolver_begin(netd, network);
}

static void remove_network(struct netd *netd, struct network *network) {
    struct network **at = &netd->networks;
    while (*at != network)
        at = &(*at)->next;
    *at = network->next;
    resolver_end(netd, network);
    if (network->index)
        link_remove(netd->netlink, network->index);
    refresh_filter(netd);
    free(network->subnets);
    free(network);
}

static struct network *make(struct netd *netd, const struct wish_foot *wish, const char **error) {
    struct network *network = calloc(1, sizeof *network);
    struct wish_subnet *subnets = calloc(wish->subnet_count + 1, sizeof *subnets);
    if (!network || !subnets) {
        free(network);
        free(subnets);
        *error = "out of memory";
        return NULL;
    }
    memcpy(subnets, wish->subnets, wish->subnet_count * sizeof *subnets);
    strncpy(network->bridge, wish->bridge, sizeof network->bridge - 1);
    network->flags = wish->flags;
    network->mtu = wish->mtu;
    network->subnets = subnets;
    network->subnet_count = wish->subnet_count;
    network->users = 1;
    network->next = netd->networks;
    netd->networks = network;
    *error = set_up(netd, network, wish->mtu);
    if (!*error)
        return network;
    remove_network(netd, network);
    return NULL;
}

/* A network may have been removed and made anew, with the same bridge. */
static bool is_same(const struct network *network, const struct wish_foot *wish) {
    bool same = network->subnet_count == wish->subnet_count &&
                !((network->flags ^ wish->flags) & PLAN_NETWORK_DNS) && network->mtu == wish->mtu;
    for (size_t i = 0; i < wish->subnet_count && same; i++) {
        const struct wish_subnet *one = &network->subnets[i], *other = &wish->subnets[i];
        same = address_same(&one->subnet, &other->subnet) && one->subnet.prefix == other->subnet.prefix &&
               one->gateway.family == other->gateway.family &&
               (!one->gateway.family || address_same(&one->gateway, &other->gateway));
    }
    return same;
}

/* A network that was changed (update): its containers that are started from now on say so. */
static void change_flags(struct netd *netd, struct network *network, uint64_t flags) {
    if (network->flags == flags)
        return;
    network->flags = flags;
    refresh_filter(netd);
}

struct network *network_take(struct netd *netd, const struct wish_foot *wish, const char **error) {
    for (struct network *at = netd->networks; at; at = at->next) {
        if (strcmp(at->bridge, wish->bridge) != 0)
            continue;
        if (at->users == 0 && !is_same(at, wish)) {
            remove_network(netd, at);
            break;
        }
        at->users++;
        change_flags(netd, at, wish->flags);
        return at;
    }
    return make(netd, wish, error);
}

void network_drop(struct netd *netd, struct network *network) {
    if (--network->users == 0)
        network->idle_since = netd->idle_since = netd_now();
}

void networks_tick(struct netd *netd) {
    bool waiting = false;
    for (struct network *at = netd->networks, *next; at; at = next) {
        next = at->next;
        if (at->users > 0)
            continue;
        if (netd_now() - at->idle_since > IDLE_MS)
            remove_network(netd, at);
        else
            waiting = true;
    }
    if (!waiting)
        netd->idle_since = 0;
}

bool network_has(const struct netd *netd, const struct address *address) {
    for (const struct network *at = netd->networks; at; at = at->next)
        for (size_t i = 0; i < at->subnet_count; i++)
            if (address_within(address, &at->subnets[i].subnet))
                return true;
    return false;
}
