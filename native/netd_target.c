#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netd.h"
#include "protocol.h"

#ifndef IPV6_TRANSPARENT
#define IPV6_TRANSPARENT 75
#endif

/* Where the container is reached: by the client's family where it has that, in the network by which it
 * answers strangers. */
static const struct address *choose(const struct member *member, sa_family_t family, bool *answers) {
    const struct address *other = NULL;
    for (int internal = 0; internal <= 1; internal++)
        for (size_t i = 0; i < member->wish->foot_count; i++) {
            const struct wish_foot *foot = &member->wish->feet[i];
            if (internal != !!(foot->flags & (PLAN_NETWORK_INTERNAL | PLAN_NETWORK_NO_DEFAULT)))
                continue;
            for (size_t at = 0; at < foot->address_count; at++) {
                *answers = !internal;
                if (foot->addresses[at].family == family)
                    return &foot->addresses[at];
                other = other ? other : &foot->addresses[at];
            }
        }
    return other;
}

static bool is_loopback(const struct address *address) {
    if (address->family == AF_INET)
        return address->bytes[0] == 127;
    return IN6_IS_ADDR_LOOPBACK(&address->six) || IN6_IS_ADDR_LINKLOCAL(&address->six);
}

static void be_transparent(int fd, sa_family_t family) {
    int one = 1;
    if (family == AF_INET)
        setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &one, sizeof one);
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
}

static int open_target(int type, sa_family_t family) {
    int one = 1, fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && type == SOCK_STREAM)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static int connect_from(const struct address *from, uint16_t from_port, const struct address *to,
                        uint16_t to_port, int type) {
    struct sockaddr_storage address;
    int fd = open_target(type, to->family);
    if (fd < 0)
        return -1;
    if (from) {
        be_transparent(fd, from->family);
        socklen_t size = address_to_socket(from, from_port, &address);
        if (bind(fd, (struct sockaddr *)&address, size) < 0)
            return close(fd), -1;
    }
    socklen_t size = address_to_socket(to, to_port, &address);
    if (connect(fd, (struct sockaddr *)&address, size) == 0 || errno == EINPROGRESS)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int target_connect(struct netd *netd, const struct member *member, const struct sockaddr_storage *client,
                   uint16_t port, int type) {
    struct address from;
    bool answers = false;
    uint16_t from_port = address_from_socket(client, &from);
    const struct address *to = member->wish ? choose(member, from.family, &answers) : NULL;
    errno = EHOSTUNREACH;
    if (!to)
        return -1;
    bool keep = answers && to->family == from.family && !is_loopback(&from) && !network_has(netd, &from);
    if (!keep)
        return connect_from(NULL, 0, to, port, type);
    int fd = connect_from(&from, from_port, to, port, type);
    if (fd < 0 && (errno == EADDRINUSE || errno == EADDRNOTAVAIL))
        fd =
            connect_from(&from, 0, to, port, type); /* the last connection from there is still being closed */
    return fd;
}
