#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "netd_filter.h"
#include "protocol.h"

/* Packets that come in at one link, and leave by another one (or not by it). NULL: any. */
static void add_rule(struct netlink *batch, const char *chain, const char *in, const char *out,
                     bool out_equal, int verdict) {
    size_t rule = filter_begin_rule(batch, chain);
    if (in)
        filter_match_link(batch, NFT_META_IIFNAME, in, true);
    if (out)
        filter_match_link(batch, NFT_META_OIFNAME, out, out_equal);
    filter_verdict(batch, verdict, verdict == NFT_JUMP ? "apart" : NULL);
    filter_end_rule(batch, rule);
}

static void add_network(struct netlink *batch, const struct filter_network *network) {
    if (network->flags & PLAN_NETWORK_INTERNAL) {
        add_rule(batch, "forward", network->bridge, network->bridge, true, NF_ACCEPT);
        add_rule(batch, "forward", network->bridge, NULL, true, NF_DROP);
        add_rule(batch, "forward", NULL, network->bridge, true, NF_DROP);
    } else if (network->flags & PLAN_NETWORK_STRICT) {
        /* by the way out only; what comes back from there is let in below */
        add_rule(batch, "forward", network->bridge, network->bridge, true, NF_ACCEPT);
        add_rule(batch, "forward", network->bridge, FILTER_WAY_OUT, false, NF_DROP);
        add_rule(batch, "forward", FILTER_WAY_OUT, network->bridge, true, NF_ACCEPT);
        add_rule(batch, "forward", NULL, network->bridge, true, NF_DROP);
    } else if (network->flags & PLAN_NETWORK_ISOLATE) {
        add_rule(batch, "forward", network->bridge, network->bridge, false, NFT_JUMP);
        add_rule(batch, "apart", NULL, network->bridge, true, NF_DROP);
    }
}

int filter_keep_apart(int netfilter, const struct filter_network *networks, size_t count) {
    struct netlink batch;
    filter_batch(&batch);
    filter_flush(&batch, "forward");
    filter_flush(&batch, "apart");
    for (size_t i = 0; i < count; i++)
        add_network(&batch, &networks[i]);
    return filter_commit(netfilter, &batch);
}
