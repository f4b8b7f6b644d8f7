#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netd.h"

#define IDLE_MS 120000
#define SESSIONS_GREATEST 4096
#define DATAGRAMS 64 /* then others have their turn */
#define DATAGRAM_GREATEST 65536

/* What one client and one port say to each other. */
struct session {
    struct session *next;
    struct watch watch; /* to the container, from the client's address */
    const struct port *port;
    struct sockaddr_storage client;
    socklen_t client_size;
    _Alignas(8) char local[CMSG_SPACE(sizeof(struct in6_pktinfo))]; /* the address that the client knows */
    size_t local_size;
    long long used;
};

static char datagram[DATAGRAM_GREATEST];

static bool same_client(const struct session *session, const struct sockaddr_storage *client) {
    struct address one, other;
    return address_from_socket(&session->client, &one) == address_from_socket(client, &other) &&
           address_same(&one, &other);
}

/* What comes in last stands first: a busy client is found at once. */
static struct session *find(struct netd *netd, const struct port *port, const struct sockaddr_storage *client,
                            size_t *count) {
    *count = 0;
    for (struct session **at = &netd->sessions; *at; at = &(*at)->next, ++*count) {
        struct session *session = *at;
        if (session->port != port || !same_client(session, client))
            continue;
        *at = session->next;
        session->next = netd->sessions;
        return netd->sessions = session;
    }
    return NULL;
}

static void forget(struct netd *netd, struct session **at) {
    struct session *session = *at;
    *at = session->next;
    watch_close(&session->watch);
    free_later(netd, session);
}

static void answer(struct netd *netd, struct watch *watch, uint32_t events) {
    struct session *session = (struct session *)((char *)watch - offsetof(struct session, watch));
    (void)netd, (void)events;
    for (int i = 0; i < DATAGRAMS; i++) {
        ssize_t got = recv(watch->fd, datagram, sizeof datagram, 0);
        if (got < 0)
            return;
        struct iovec data = {datagram, (size_t)got};
        struct msghdr message = {.msg_name = &session->client,
                                 .msg_namelen = session->client_size,
                                 .msg_iov = &data,
                                 .msg_iovlen = 1,
                                 .msg_control = session->local_size ? session->local : NULL,
                                 .msg_controllen = session->local_size};
        sendmsg(session->port->watch.fd, &message, MSG_NOSIGNAL);
        session->used = netd_now();
    }
}

/* The address at which the datagram came: answers come from there. */
static void remember_local(struct session *session, struct msghdr *message) {
    for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
        bool four = at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO;
        bool six = at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO;
        size_t size = CMSG_ALIGN(at->cmsg_len);
        if ((!four && !six) || size > sizeof session->local || session->local_size)
            continue;
        memcpy(session->local, at, size);
        session->local_size = size;
        if (four) {
            struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA((struct cmsghdr *)session->local);
            info->ipi_spec_dst = info->ipi_addr;
            info->ipi_ifindex = 0;
        }
    }
}

static struct session *begin(struct netd *netd, const struct port *port, struct msghdr *message) {
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->port = port;
    memcpy(&session->client, message->msg_name, message->msg_namelen);
    session->client_size = message->msg_namelen;
    session->watch.ready = answer;
    session->watch.fd = target_connect(netd, port->member, &session->client, port->container, SOCK_DGRAM);
    if (session->watch.fd < 0) {
        free(session);
        return NULL;
    }
    remember_local(session, message);
    watch_add(netd, &session->watch, EPOLLIN);
    session->next = netd->sessions;
    return netd->sessions = session;
}

static void pass_on(struct netd *netd, const struct port *port, struct msghdr *message, size_t length) {
    size_t count;
    struct session *session = find(netd, port, message->msg_name, &count);
    if (!session && count >= SESSIONS_GREATEST)
        return;
    if (!session)
        session = begin(netd, port, message);
    if (!session)
        return;
    session->used = netd_now();
    send(session->watch.fd, datagram, length, MSG_NOSIGNAL);
}

void udp_receive(struct netd *netd, struct watch *watch, uint32_t events) {
    const struct port *port = (const struct port *)((char *)watch - offsetof(struct port, watch));
    (void)events;
    for (int i = 0; i < DATAGRAMS; i++) {
        struct sockaddr_storage client = {0};
        _Alignas(8) char control[256];
        struct iovec data = {datagram, sizeof datagram};
        struct msghdr message = {.msg_name = &client,
                                 .msg_namelen = sizeof client,
                                 .msg_iov = &data,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t got = recvmsg(watch->fd, &message, 0);
        if (got < 0)
            return;
        pass_on(netd, port, &message, (size_t)got);
    }
}

void udp_tick(struct netd *netd) {
    static long long last;
    long long now = netd_now();
    if (now - last < 1000)
        return;
    last = now;
    for (struct session **at = &netd->sessions; *at;)
        if (now - (*at)->used > IDLE_MS)
            forget(netd, at);
        else
            at = &(*at)->next;
}

void udp_forget(struct netd *netd, const struct port *port) {
    for (struct session **at = &netd->sessions; *at;)
        if ((*at)->port == port)
            forget(netd, at);
        else
            at = &(*at)->next;
}
