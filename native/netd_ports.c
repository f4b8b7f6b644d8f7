#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"
#include "netd.h"

#define BACKLOG 1024

static unsigned number_at(const char *data, size_t at) {
    const unsigned char *bytes = (const unsigned char *)data + at;
    return bytes[0] | (unsigned)bytes[1] << 8;
}

static void accept_client(struct netd *netd, struct watch *watch, uint32_t events) {
    const struct port *port = (const struct port *)((char *)watch - offsetof(struct port, watch));
    struct sockaddr_storage client;
    socklen_t size = sizeof client;
    (void)events;
    int fd = accept4(watch->fd, (struct sockaddr *)&client, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    int target = target_connect(netd, port->member, &client, port->container, SOCK_STREAM);
    if (target < 0) {
        struct linger now = {.l_onoff = 1};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now); /* refused, as far as that can be told now */
        close(fd);
        return;
    }
    flow_begin(netd, fd, target);
}

/* One socket for both families where no address was asked for; only IPv4 where there is no IPv6. */
static int open_socket(struct netd *netd, const struct port *port, struct sockaddr_storage *at,
                       socklen_t *size) {
    struct address any = port->at;
    int type = port->protocol == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM, zero = 0, one = 1;
    if (!any.family)
        any = (struct address){.family = AF_INET6};
    int fd = outside_socket(netd, any.family, type);
    if (fd < 0 && !port->at.family) {
        any = (struct address){.family = AF_INET};
        fd = outside_socket(netd, any.family, type);
    }
    if (fd < 0)
        return -1;
    if (any.family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, port->at.family ? &one : &zero, sizeof one);
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof one);
    }
    if (any.family == AF_INET || !port->at.family)
        setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
    if (type == SOCK_STREAM)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    *size = address_to_socket(&any, port->host, at);
    return fd;
}

static const char *explain(struct netd *netd, const struct port *port, int error) {
    char at[64] = "0.0.0.0", holder[256] = "";
    const char *protocol = port->protocol == IPPROTO_TCP ? "tcp" : "udp";
    if (port->at.family)
        address_text(&port->at, at, sizeof at);
    if (error == EACCES)
        return netd_error(
            netd, 0,
            "publishing %s:%u/%s: users may not open ports that low\nhint: publish a higher port, or "
            "allow it: sudo sysctl net.ipv4.ip_unprivileged_port_start=%u",
            at, port->host, protocol, port->host);
    if (error != EADDRINUSE)
        return netd_error(netd, error, "publishing %s:%u/%s", at, port->host, protocol);
    port_holder(netd, port->protocol, port->host, holder, sizeof holder);
    return netd_error(netd, 0, "publishing %s:%u/%s: the port is in use%s", at, port->host, protocol, holder);
}

static const char *listen_at(struct netd *netd, struct port *port) {
    struct sockaddr_storage at;
    socklen_t size;
    bool tcp = port->protocol == IPPROTO_TCP;
    port->watch =
        (struct watch){.fd = open_socket(netd, port, &at, &size), .ready = tcp ? accept_client : udp_receive};
    int fd = port->watch.fd;
    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 && (!tcp || listen(fd, BACKLOG) == 0)) {
        watch_add(netd, &port->watch, EPOLLIN);
        return NULL;
    }
    return explain(netd, port, errno);
}

static bool same(const struct port *one, const struct port *other) {
    return one->host == other->host && one->container == other->container &&
           one->protocol == other->protocol && one->at.family == other->at.family &&
           (!one->at.family || address_same(&one->at, &other->at));
}

static struct port *find(struct port *ports, const struct port *wanted) {
    for (; ports; ports = ports->next)
        if (same(ports, wanted))
            return ports;
    return NULL;
}

static const char *add(struct netd *netd, struct member *member, const struct port *wanted) {
    struct port *earlier = find(member->ports, wanted);
    if (earlier) {
        earlier->keep = true;
        return NULL;
    }
    struct port *port = calloc(1, sizeof *port);
    if (!port)
        return "out of memory";
    *port = *wanted;
    port->member = member;
    port->next = member->ports;
    member->ports = port;
    return listen_at(netd, port);
}

static const char *add_ranges(struct netd *netd, struct member *member, const struct plan_op *op) {
    struct port port = {.protocol = (uint8_t)op->args[1].number, .keep = true};
    const char *wrong = NULL;
    if (op->args[0].length)
        address_parse(op->args[0].data, &port.at);
    for (size_t at = 0; at + 6 <= op->args[2].length && !wrong; at += 6) {
        unsigned count = number_at(op->args[2].data, at + 4);
        for (unsigned i = 0; i < count && !wrong; i++) {
            port.host = (uint16_t)(number_at(op->args[2].data, at) + i);
            port.container = (uint16_t)(number_at(op->args[2].data, at + 2) + i);
            wrong = add(netd, member, &port);
        }
    }
    return wrong;
}

static void close_port(struct netd *netd, struct port *port) {
    udp_forget(netd, port);
    watch_close(&port->watch);
    free_later(netd, port);
}

/* Those that are not kept; of a change that failed, those that are new. */
static void sweep(struct netd *netd, struct member *member, const struct port *from, bool failed) {
    bool is_new = from != member->ports;
    for (struct port **at = &member->ports; *at;) {
        struct port *port = *at;
        is_new = is_new && port != from;
        if (failed ? is_new : !port->keep) {
            *at = port->next;
            close_port(netd, port);
        } else {
            port->keep = false;
            at = &port->next;
        }
    }
}

const char *ports_change(struct netd *netd, struct member *member, const struct wish *wish) {
    const struct port *from = member->ports;
    const char *wrong = NULL;
    const struct plan_op *op;
    for (size_t position = 0; !wrong && (op = plan_next(&wish->plan, PLAN_NETD_PORTS, &position));)
        wrong = add_ranges(netd, member, op);
    sweep(netd, member, from, wrong);
    return wrong;
}

void ports_close(struct netd *netd, struct member *member) {
    while (member->ports) {
        struct port *port = member->ports;
        member->ports = port->next;
        close_port(netd, port);
    }
}
