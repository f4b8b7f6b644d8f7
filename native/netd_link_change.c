#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include "netd_link.h"
#include "netlink.h"

#define DIVERT_TABLE 100
#define LOOPBACK_INDEX 1

int link_index(const char *name) {
    return (int)if_nametoindex(name);
}

int link_up(int netlink, int index) {
    struct netlink message;
    struct ifinfomsg header = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    netlink_clear(&message);
    netlink_begin(&message, RTM_NEWLINK, NLM_F_ACK, &header, sizeof header);
    return netlink_ask(netlink, &message);
}

int link_remove(int netlink, int index) {
    struct netlink message;
    struct ifinfomsg header = {.ifi_index = index};
    netlink_clear(&message);
    netlink_begin(&message, RTM_DELLINK, NLM_F_ACK, &header, sizeof header);
    return netlink_ask(netlink, &message);
}

/* An address of IPv6 is usable at once: nobody else has been given it. */
int link_add_address(int netlink, int index, const struct address *address) {
    struct netlink message;
    struct ifaddrmsg header = {.ifa_family = (uint8_t)address->family,
                               .ifa_prefixlen = address->prefix,
                               .ifa_flags = address->family == AF_INET6 ? IFA_F_NODAD : 0,
                               .ifa_index = (uint32_t)index};
    netlink_clear(&message);
    netlink_begin(&message, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, &header, sizeof header);
    netlink_put(&message, IFA_LOCAL, address->bytes, address_size(address));
    netlink_put(&message, IFA_ADDRESS, address->bytes, address_size(address));
    if (address->family == AF_INET && address->prefix < 31) {
        struct in_addr broadcast = {address->four.s_addr | htonl(0xffffffffu >> address->prefix)};
        netlink_put(&message, IFA_BROADCAST, &broadcast, sizeof broadcast);
    }
    return netlink_ask(netlink, &message);
}

int link_add_route(int netlink, int index, const struct link_route *route) {
    struct netlink message;
    struct rtmsg header = {.rtm_family = (uint8_t)route->gateway->family,
                           .rtm_dst_len = route->to ? route->to->prefix : 0,
                           .rtm_table = RT_TABLE_MAIN,
                           .rtm_protocol = RTPROT_STATIC,
                           .rtm_scope = RT_SCOPE_UNIVERSE,
                           .rtm_type = RTN_UNICAST};
    netlink_clear(&message);
    netlink_begin(&message, RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE, &header, sizeof header);
    if (route->to)
        netlink_put(&message, RTA_DST, route->to->bytes, address_size(route->to));
    netlink_put(&message, RTA_GATEWAY, route->gateway->bytes, address_size(route->gateway));
    netlink_put_u32(&message, RTA_OIF, (uint32_t)index);
    if (route->metric)
        netlink_put_u32(&message, RTA_PRIORITY, route->metric);
    return netlink_ask(netlink, &message);
}

static int add_rule(int netlink, uint32_t mark, sa_family_t family) {
    struct netlink message;
    struct fib_rule_hdr header = {.family = (uint8_t)family, .table = DIVERT_TABLE, .action = FR_ACT_TO_TBL};
    netlink_clear(&message);
    netlink_begin(&message, RTM_NEWRULE, NLM_F_ACK | NLM_F_CREATE, &header, sizeof header);
    netlink_put_u32(&message, FRA_PRIORITY, DIVERT_TABLE);
    netlink_put_u32(&message, FRA_FWMARK, mark);
    return netlink_ask(netlink, &message);
}

int link_divert_mark(int netlink, uint32_t mark, sa_family_t family) {
    struct netlink message;
    struct rtmsg header = {.rtm_family = (uint8_t)family,
                           .rtm_table = DIVERT_TABLE,
                           .rtm_protocol = RTPROT_STATIC,
                           .rtm_scope = RT_SCOPE_HOST,
                           .rtm_type = RTN_LOCAL};
    int error = add_rule(netlink, mark, family);
    netlink_clear(&message);
    netlink_begin(&message, RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE, &header, sizeof header);
    netlink_put_u32(&message, RTA_OIF, LOOPBACK_INDEX);
    return error ? error : netlink_ask(netlink, &message);
}
