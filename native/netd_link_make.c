#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include "netd_link.h"
#include "netlink.h"

static void begin(struct netlink *message, const char *name) {
    struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
    netlink_clear(message);
    netlink_begin(message, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    netlink_put_text(message, IFLA_IFNAME, name);
}

int link_make_bridge(int netlink, const struct link_bridge *bridge) {
    struct netlink message;
    begin(&message, bridge->name);
    netlink_put(&message, IFLA_ADDRESS, bridge->mac, sizeof bridge->mac);
    if (bridge->mtu)
        netlink_put_u32(&message, IFLA_MTU, bridge->mtu);
    size_t info = netlink_nest(&message, IFLA_LINKINFO);
    netlink_put_text(&message, IFLA_INFO_KIND, "bridge");
    netlink_end(&message, info);
    return netlink_ask(netlink, &message);
}

static void put_peer(struct netlink *message, const struct link_pair *pair) {
    struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
    size_t peer = netlink_nest(message, VETH_INFO_PEER);
    /* the header stands where an attribute would begin */
    netlink_put_raw(message, &header, sizeof header);
    netlink_put_text(message, IFLA_IFNAME, pair->peer);
    netlink_put(message, IFLA_ADDRESS, pair->peer_mac, sizeof pair->peer_mac);
    netlink_put_u32(message, IFLA_NET_NS_FD, (uint32_t)pair->peer_namespace);
    if (pair->mtu)
        netlink_put_u32(message, IFLA_MTU, pair->mtu);
    netlink_end(message, peer);
}

int link_make_pair(int netlink, const struct link_pair *pair) {
    struct netlink message;
    begin(&message, pair->name);
    netlink_put_u32(&message, IFLA_MASTER, (uint32_t)pair->bridge);
    if (pair->mtu)
        netlink_put_u32(&message, IFLA_MTU, pair->mtu);
    size_t info = netlink_nest(&message, IFLA_LINKINFO);
    netlink_put_text(&message, IFLA_INFO_KIND, "veth");
    size_t data = netlink_nest(&message, IFLA_INFO_DATA);
    put_peer(&message, pair);
    netlink_end(&message, data);
    netlink_end(&message, info);
    return netlink_ask(netlink, &message);
}

int link_make_ifb(int netlink, const char *name) {
    struct netlink message;
    begin(&message, name);
    size_t info = netlink_nest(&message, IFLA_LINKINFO);
    netlink_put_text(&message, IFLA_INFO_KIND, "ifb");
    netlink_end(&message, info);
    return netlink_ask(netlink, &message);
}
