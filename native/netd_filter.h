/* The packet filter of the networks' namespace, by nfnetlink. 0 or an errno. */
#ifndef TSPOD_NETD_FILTER_H
#define TSPOD_NETD_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "netlink.h"

#define FILTER_MARK 1u /* packets for netd's transparent sockets */
#define FILTER_WAY_OUT "tap0"

/* netd_filter.c: the table, what belongs to netd's own sockets marked, and what leaves by the way out
 * masqueraded. */
int filter_begin(int netfilter);

/* netd_filter_apart.c: which networks are kept apart (PLAN_NETWORK_* flags); replaces the earlier rules. */
struct filter_network {
    const char *bridge;
    uint64_t flags;
};
int filter_keep_apart(int netfilter, const struct filter_network *networks, size_t count);

/* netd_filter_rule.c: a batch of messages, and the pieces of a rule. */
void filter_batch(struct netlink *batch);
int filter_commit(int netfilter, struct netlink *batch);
void filter_add_chain(struct netlink *batch, const char *chain, const char *type,
                      const uint32_t *hook_priority);
void filter_flush(struct netlink *batch, const char *chain);
size_t filter_begin_rule(struct netlink *batch, const char *chain);
void filter_end_rule(struct netlink *batch, size_t rule);
void filter_match_link(struct netlink *batch, uint32_t key, const char *name, bool equal);
void filter_verdict(struct netlink *batch, int verdict, const char *chain);
size_t filter_begin_expression(struct netlink *batch, const char *name, size_t *data);
void filter_end_expression(struct netlink *batch, size_t expression, size_t data);
void filter_put_u32(struct netlink *batch, uint16_t type, uint32_t number);
void filter_put_value(struct netlink *batch, uint16_t type, const void *value, size_t size);

#endif
