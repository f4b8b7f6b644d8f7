/* Interfaces, addresses, routes and bandwidth, by rtnetlink. What returns int returns 0 or an errno. */
#ifndef TSPOD_NETD_LINK_H
#define TSPOD_NETD_LINK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* An address with a prefix length; family 0: none. */
struct address {
    sa_family_t family;
    uint8_t prefix;
    union {
        struct in_addr four;
        struct in6_addr six;
        uint8_t bytes[16];
    };
};

/* netd_address.c */
bool address_parse(const char *text, struct address *address);
size_t address_size(const struct address *address);
bool address_same(const struct address *one, const struct address *other);
/* Whether the first prefix bits of the subnet are also those of the address. */
bool address_within(const struct address *address, const struct address *subnet);
const char *address_text(const struct address *address, char *text, size_t size);
/* As a socket's address; and back, IPv4 within IPv6 as what it is. The port is in the host's order. */
socklen_t address_to_socket(const struct address *address, uint16_t port, struct sockaddr_storage *to);
uint16_t address_from_socket(const struct sockaddr_storage *from, struct address *address);

/* netd_link_make.c */
struct link_bridge {
    const char *name;
    uint8_t mac[6];
    uint32_t mtu; /* 0: the kernel's */
};
int link_make_bridge(int netlink, const struct link_bridge *bridge);
struct link_pair {
    const char *name; /* in this namespace, where it becomes a port of the bridge */
    int bridge;       /* its index */
    const char *peer; /* in the other one */
    int peer_namespace;
    uint8_t peer_mac[6];
    uint32_t mtu;
};
int link_make_pair(int netlink, const struct link_pair *pair);
int link_make_ifb(int netlink, const char *name);

/* netd_link_change.c */
int link_up(int netlink, int index);
int link_remove(int netlink, int index);
/* Its index in the namespace of this thread; 0: there is none. */
int link_index(const char *name);
int link_add_address(int netlink, int index, const struct address *address);
struct link_route {
    const struct address *to; /* NULL: everything of the gateway's family */
    const struct address *gateway;
    uint32_t metric;
};
int link_add_route(int netlink, int index, const struct link_route *route);
/* Packets with this mark are for this machine, whatever their address is. */
int link_divert_mark(int netlink, uint32_t mark, sa_family_t family);

/* netd_rate.c: what leaves through this interface, in bits per second. */
int rate_limit(int netlink, int index, uint64_t bits);
/* netd_rate_ingress.c: what comes in at the interface takes its way through another one, which is limited. */
int rate_limit_ingress(int netlink, int index, int through, uint64_t bits);

#endif
