#include "netd_resolver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol.h"

#define BACKLOG 64
#define DATAGRAMS 64 /* then others have their turn */

static void receive(struct netd *netd, struct watch *watch, uint32_t events) {
    struct resolver *resolver = (struct resolver *)((char *)watch - offsetof(struct resolver, datagrams));
    (void)events;
    for (int i = 0; i < DATAGRAMS && watch->fd >= 0; i++) {
        uint8_t query[QUERY_GREATEST], answer[DNS_DATAGRAM];
        struct sockaddr_storage client;
        struct servers servers;
        socklen_t size = sizeof client;
        ssize_t got = recvfrom(watch->fd, query, sizeof query, 0, (struct sockaddr *)&client, &size);
        if (got < 0)
            return;
        size_t length = reply_make(netd, resolver->network, &client, query, (size_t)got, answer, &servers);
        if (length)
            sendto(watch->fd, answer, length, 0, (struct sockaddr *)&client, size);
        else if (servers.count)
            question_pass_on(netd, resolver, &client, query, (size_t)got, &servers);
    }
}

static int open_at(const struct network *network, const struct address *at, int type) {
    struct sockaddr_storage address;
    int one = 1, fd = socket(at->family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t size = address_to_socket(at, DNS_PORT, &address);
    if (fd < 0)
        return -1;
    if (at->family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    /* who is in another network does not reach it */
    bool failed = setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, network->bridge,
                             (socklen_t)strlen(network->bridge)) < 0 ||
                  bind(fd, (struct sockaddr *)&address, size) < 0 ||
                  (type == SOCK_STREAM && listen(fd, BACKLOG) < 0);
    if (!failed)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static const char *begin_at(struct netd *netd, struct network *network, const struct address *at) {
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (!resolver)
        return "out of memory";
    resolver->network = network;
    resolver->next = network->resolvers;
    network->resolvers = resolver;
    resolver->datagrams = (struct watch){.fd = open_at(network, at, SOCK_DGRAM), .ready = receive};
    resolver->streams = (struct watch){.fd = -1, .ready = stream_accept};
    if (resolver->datagrams.fd >= 0)
        resolver->streams.fd = open_at(network, at, SOCK_STREAM);
    if (resolver->streams.fd < 0)
        return netd_error(netd, errno, "answering names at %s", network->bridge);
    watch_add(netd, &resolver->datagrams, EPOLLIN);
    watch_add(netd, &resolver->streams, EPOLLIN);
    return NULL;
}

const char *resolver_begin(struct netd *netd, struct network *network) {
    const char *wrong = NULL;
    if (!(network->flags & PLAN_NETWORK_DNS))
        return NULL;
    for (size_t i = 0; i < network->subnet_count && !wrong; i++)
        if (network->subnets[i].gateway.family)
            wrong = begin_at(netd, network, &network->subnets[i].gateway);
    return wrong;
}

void resolver_end(struct netd *netd, struct network *network) {
    while (network->resolvers) {
        struct resolver *resolver = network->resolvers;
        network->resolvers = resolver->next;
        questions_forget(netd, resolver);
        watch_close(&resolver->datagrams);
        watch_close(&resolver->streams);
        free_later(netd, resolver);
    }
}
