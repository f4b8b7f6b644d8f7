#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netd_resolver.h"

/* A container that asks over TCP. Nothing is taken from the socket before it is known who answers. */
struct stream {
    struct stream *next; /* for free_later */
    struct watch watch;
    struct network *network;
    struct sockaddr_storage client;
};

static void end(struct netd *netd, struct stream *stream) {
    watch_close(&stream->watch);
    free_later(netd, stream);
}

/* From here on the server itself has the connection. */
static void hand_over(struct netd *netd, struct stream *stream, const struct address *server) {
    struct sockaddr_storage address;
    socklen_t size = address_to_socket(server, DNS_PORT, &address);
    int fd = outside_socket(netd, server->family, SOCK_STREAM);
    if (fd >= 0 && (connect(fd, (struct sockaddr *)&address, size) == 0 || errno == EINPROGRESS)) {
        epoll_ctl(netd->poll, EPOLL_CTL_DEL, stream->watch.fd, NULL);
        flow_begin(netd, stream->watch.fd, fd);
        stream->watch.fd = -1;
    } else if (fd >= 0) {
        close(fd);
    }
    end(netd, stream);
}

/* The size of the query that is there as a whole; 0: more must come first; -1: there will be none. */
static ssize_t peek(struct stream *stream, uint8_t *data, size_t room) {
    ssize_t got = recv(stream->watch.fd, data, room, MSG_PEEK);
    if (got <= 0)
        return got < 0 && errno == EAGAIN ? 0 : -1;
    int needed = got < 2 ? 2 : 2 + (data[0] << 8 | data[1]);
    if ((size_t)needed > room)
        return -1;
    int least = got >= needed ? 1 : needed;
    setsockopt(stream->watch.fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof least);
    return got >= needed ? needed - 2 : 0;
}

static bool is_there(const struct netd *netd, const struct stream *stream) {
    for (const struct network *at = netd->networks; at; at = at->next)
        if (at == stream->network)
            return true;
    return false;
}

static void hear(struct netd *netd, struct watch *watch, uint32_t events) {
    struct stream *stream = (struct stream *)((char *)watch - offsetof(struct stream, watch));
    uint8_t query[QUERY_GREATEST], answer[2 + DNS_DATAGRAM];
    struct servers servers;
    ssize_t size = peek(stream, query, sizeof query);
    if (size < 0 || !is_there(netd, stream))
        return end(netd, stream);
    if (size == 0)
        return events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP) ? end(netd, stream) : (void)0;
    size_t length =
        reply_make(netd, stream->network, &stream->client, query + 2, (size_t)size, answer + 2, &servers);
    if (!length && servers.count)
        return hand_over(netd, stream, &servers.addresses[0]);
    recv(watch->fd, query, (size_t)size + 2, 0);
    answer[0] = (uint8_t)(length >> 8);
    answer[1] = (uint8_t)length;
    if (!length || send(watch->fd, answer, length + 2, MSG_NOSIGNAL) < 0)
        end(netd, stream);
}

void stream_accept(struct netd *netd, struct watch *watch, uint32_t events) {
    const struct resolver *resolver =
        (const struct resolver *)((char *)watch - offsetof(struct resolver, streams));
    struct stream *stream = calloc(1, sizeof *stream);
    socklen_t size = sizeof stream->client;
    (void)events;
    if (!stream)
        return;
    int fd = accept4(watch->fd, (struct sockaddr *)&stream->client, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        free(stream);
        return;
    }
    stream->network = resolver->network;
    stream->watch = (struct watch){.fd = fd, .ready = hear};
    watch_add(netd, &stream->watch, EPOLLIN | EPOLLRDHUP);
}
