#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"

static uint32_t sequence;

/* Numbers them; how many answers will come, and the number of the first message. */
static size_t number(struct netlink *netlink, uint32_t *first) {
    size_t answers = 0;
    *first = sequence + 1;
    for (size_t at = 0; at < netlink->size;) {
        struct nlmsghdr *message = (struct nlmsghdr *)(netlink->data + at);
        message->nlmsg_seq = ++sequence;
        answers += (message->nlmsg_flags & NLM_F_ACK) != 0;
        at += NLMSG_ALIGN(message->nlmsg_len);
    }
    return answers;
}

static int send_all(int socket, const struct netlink *netlink) {
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t put;
    do
        put = sendto(socket, netlink->data, netlink->size, 0, (struct sockaddr *)&kernel, sizeof kernel);
    while (put < 0 && errno == EINTR);
    return put < 0 ? errno : 0;
}

/* Looks through one datagram; the answers in it. Answers of earlier calls are passed over. */
static size_t look(const char *data, size_t size, uint32_t first, int *error) {
    size_t seen = 0;
    for (size_t at = 0; at + sizeof(struct nlmsghdr) <= size;) {
        const struct nlmsghdr *message = (const struct nlmsghdr *)(data + at);
        if (message->nlmsg_len < sizeof *message || message->nlmsg_len > size - at)
            break;
        if (message->nlmsg_type == NLMSG_ERROR && message->nlmsg_seq - first < 1u << 30) {
            int code = -((const struct nlmsgerr *)(message + 1))->error;
            seen++;
            if (!*error)
                *error = code;
        }
        at += NLMSG_ALIGN(message->nlmsg_len);
    }
    return seen;
}

int netlink_ask(int socket, struct netlink *netlink) {
    _Alignas(8) char data[8192];
    uint32_t first;
    size_t waiting = number(netlink, &first);
    int error = netlink->full ? ENOBUFS : send_all(socket, netlink);
    bool sent = error == 0;
    netlink_clear(netlink);
    while (sent && waiting > 0) {
        /* the kernel has answered when the send is over */
        ssize_t got = recv(socket, data, sizeof data, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error ? error : errno;
        size_t seen = look(data, (size_t)got, first, &error);
        waiting -= seen < waiting ? seen : waiting;
    }
    return error;
}
