#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>

#include "netd_filter.h"

/* socket transparent 1 meta mark set FILTER_MARK */
static void add_divert(struct netlink *batch) {
    uint8_t one = 1;
    uint32_t mark = FILTER_MARK;
    size_t data, rule = filter_begin_rule(batch, "divert");
    size_t expression = filter_begin_expression(batch, "socket", &data);
    filter_put_u32(batch, NFTA_SOCKET_KEY, NFT_SOCKET_TRANSPARENT);
    filter_put_u32(batch, NFTA_SOCKET_DREG, NFT_REG_1);
    filter_end_expression(batch, expression, data);
    expression = filter_begin_expression(batch, "cmp", &data);
    filter_put_u32(batch, NFTA_CMP_SREG, NFT_REG_1);
    filter_put_u32(batch, NFTA_CMP_OP, NFT_CMP_EQ);
    filter_put_value(batch, NFTA_CMP_DATA, &one, sizeof one);
    filter_end_expression(batch, expression, data);
    expression = filter_begin_expression(batch, "immediate", &data);
    filter_put_u32(batch, NFTA_IMMEDIATE_DREG, NFT_REG_1);
    filter_put_value(batch, NFTA_IMMEDIATE_DATA, &mark, sizeof mark);
    filter_end_expression(batch, expression, data);
    expression = filter_begin_expression(batch, "meta", &data);
    filter_put_u32(batch, NFTA_META_KEY, NFT_META_MARK);
    filter_put_u32(batch, NFTA_META_SREG, NFT_REG_1);
    filter_end_expression(batch, expression, data);
    filter_end_rule(batch, rule);
}

static void add_masquerade(struct netlink *batch) {
    size_t data, rule = filter_begin_rule(batch, "out");
    filter_match_link(batch, NFT_META_OIFNAME, FILTER_WAY_OUT, true);
    size_t expression = filter_begin_expression(batch, "masq", &data);
    filter_end_expression(batch, expression, data);
    filter_end_rule(batch, rule);
}

int filter_begin(int netfilter) {
    struct netlink batch;
    filter_batch(&batch);
    filter_add_chain(&batch, "divert", "filter",
                     (uint32_t[]){NF_INET_PRE_ROUTING, (uint32_t)NF_IP_PRI_MANGLE});
    filter_add_chain(&batch, "forward", "filter", (uint32_t[]){NF_INET_FORWARD, NF_IP_PRI_FILTER});
    filter_add_chain(&batch, "apart", NULL, NULL);
    filter_add_chain(&batch, "out", "nat", (uint32_t[]){NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC});
    add_divert(&batch);
    add_masquerade(&batch);
    return filter_commit(netfilter, &batch);
}
