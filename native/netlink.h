/* rtnetlink and nfnetlink: messages made piece by piece, and what the kernel says to them. */
#ifndef TSPOD_NETLINK_H
#define TSPOD_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Messages one behind the other. What does not fit is left out, and `full` says so. */
struct netlink {
    size_t size, begin; /* of all of them; where the last one begins */
    bool full;
    _Alignas(8) char data[65536];
};

/* No messages: before the first use. */
static inline void netlink_clear(struct netlink *netlink) {
    netlink->size = netlink->begin = 0;
    netlink->full = false;
}

/* netlink_message.c: begins a message with its family's header; NLM_F_REQUEST is added. */
void netlink_begin(struct netlink *netlink, uint16_t type, uint16_t flags, const void *header, size_t size);
void netlink_put(struct netlink *netlink, uint16_t type, const void *data, size_t size);
/* Bytes that are no attribute: a header within one. */
void netlink_put_raw(struct netlink *netlink, const void *data, size_t size);
void netlink_put_u32(struct netlink *netlink, uint16_t type, uint32_t number);
void netlink_put_text(struct netlink *netlink, uint16_t type, const char *text);
/* An attribute that holds others: netlink_end with what netlink_nest returned closes it. */
size_t netlink_nest(struct netlink *netlink, uint16_t type);
void netlink_end(struct netlink *netlink, size_t nest);

/* A socket in the network namespace of this thread. Dies with status 125 on failure. */
int netlink_open(int protocol);

/*
 * netlink_ask.c: sends them all, and waits for what the kernel says to each that has NLM_F_ACK. 0, or the
 * errno of the first one that failed. The messages are gone then.
 */
int netlink_ask(int socket, struct netlink *netlink);

#endif
