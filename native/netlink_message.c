#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "die.h"
#include "netlink.h"

/* Room for so many bytes at the end, zeroed; NULL when there is none. */
static void *reserve(struct netlink *netlink, size_t size) {
    size_t padded = NLMSG_ALIGN(size);
    if (netlink->full || padded > sizeof netlink->data - netlink->size) {
        netlink->full = true;
        return NULL;
    }
    char *at = netlink->data + netlink->size;
    memset(at, 0, padded);
    netlink->size += padded;
    ((struct nlmsghdr *)(netlink->data + netlink->begin))->nlmsg_len =
        (uint32_t)(netlink->size - netlink->begin);
    return at;
}

void netlink_begin(struct netlink *netlink, uint16_t type, uint16_t flags, const void *header, size_t size) {
    netlink->begin = netlink->size;
    struct nlmsghdr *message = reserve(netlink, sizeof *message);
    if (!message)
        return;
    message->nlmsg_type = type;
    message->nlmsg_flags = (uint16_t)(flags | NLM_F_REQUEST);
    void *at = reserve(netlink, size);
    if (at)
        memcpy(at, header, size);
}

void netlink_put(struct netlink *netlink, uint16_t type, const void *data, size_t size) {
    struct nlattr *attribute = reserve(netlink, NLA_HDRLEN + size);
    if (!attribute)
        return;
    attribute->nla_type = type;
    attribute->nla_len = (uint16_t)(NLA_HDRLEN + size);
    if (size)
        memcpy((char *)attribute + NLA_HDRLEN, data, size);
}

void netlink_put_raw(struct netlink *netlink, const void *data, size_t size) {
    void *at = reserve(netlink, size);
    if (at)
        memcpy(at, data, size);
}

void netlink_put_u32(struct netlink *netlink, uint16_t type, uint32_t number) {
    netlink_put(netlink, type, &number, sizeof number);
}

void netlink_put_text(struct netlink *netlink, uint16_t type, const char *text) {
    netlink_put(netlink, type, text, strlen(text) + 1);
}

size_t netlink_nest(struct netlink *netlink, uint16_t type) {
    size_t at = netlink->size;
    netlink_put(netlink, type | NLA_F_NESTED, NULL, 0);
    return at;
}

void netlink_end(struct netlink *netlink, size_t nest) {
    struct nlattr *attribute = (struct nlattr *)(netlink->data + nest);
    if (!netlink->full)
        attribute->nla_len = (uint16_t)(netlink->size - nest);
}

int netlink_open(int protocol) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), one = 1;
    if (fd < 0)
        die_errno(125, "opening a netlink socket");
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
    setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof one);
    return fd;
}
