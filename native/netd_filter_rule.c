#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <string.h>

#include "netd_filter.h"

#define TABLE "tspod"

static void begin(struct netlink *batch, uint16_t type, uint16_t flags, uint16_t resource) {
    struct nfgenmsg header = {.nfgen_family = resource ? AF_UNSPEC : NFPROTO_INET,
                              .version = NFNETLINK_V0,
                              .res_id = htons(resource)};
    netlink_begin(batch, type, flags, &header, sizeof header);
}

static void begin_change(struct netlink *batch, uint16_t type, uint16_t flags) {
    begin(batch, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), (uint16_t)(flags | NLM_F_ACK), 0);
}

void filter_put_u32(struct netlink *batch, uint16_t type, uint32_t number) {
    netlink_put_u32(batch, type, htonl(number));
}

void filter_batch(struct netlink *batch) {
    netlink_clear(batch);
    begin(batch, NFNL_MSG_BATCH_BEGIN, 0, NFNL_SUBSYS_NFTABLES);
    begin_change(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE);
    netlink_put_text(batch, NFTA_TABLE_NAME, TABLE);
    filter_put_u32(batch, NFTA_TABLE_FLAGS, 0);
}

int filter_commit(int netfilter, struct netlink *batch) {
    begin(batch, NFNL_MSG_BATCH_END, 0, NFNL_SUBSYS_NFTABLES);
    return netlink_ask(netfilter, batch);
}

void filter_add_chain(struct netlink *batch, const char *chain, const char *type,
                      const uint32_t *hook_priority) {
    begin_change(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    netlink_put_text(batch, NFTA_CHAIN_TABLE, TABLE);
    netlink_put_text(batch, NFTA_CHAIN_NAME, chain);
    if (!type)
        return;
    netlink_put_text(batch, NFTA_CHAIN_TYPE, type);
    filter_put_u32(batch, NFTA_CHAIN_POLICY, NF_ACCEPT);
    size_t hook = netlink_nest(batch, NFTA_CHAIN_HOOK);
    filter_put_u32(batch, NFTA_HOOK_HOOKNUM, hook_priority[0]);
    filter_put_u32(batch, NFTA_HOOK_PRIORITY, hook_priority[1]);
    netlink_end(batch, hook);
}

void filter_flush(struct netlink *batch, const char *chain) {
    begin_change(batch, NFT_MSG_DELRULE, 0);
    netlink_put_text(batch, NFTA_RULE_TABLE, TABLE);
    netlink_put_text(batch, NFTA_RULE_CHAIN, chain);
}

size_t filter_begin_rule(struct netlink *batch, const char *chain) {
    begin_change(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    netlink_put_text(batch, NFTA_RULE_TABLE, TABLE);
    netlink_put_text(batch, NFTA_RULE_CHAIN, chain);
    return netlink_nest(batch, NFTA_RULE_EXPRESSIONS);
}

void filter_end_rule(struct netlink *batch, size_t rule) {
    netlink_end(batch, rule);
}

size_t filter_begin_expression(struct netlink *batch, const char *name, size_t *data) {
    size_t expression = netlink_nest(batch, NFTA_LIST_ELEM);
    netlink_put_text(batch, NFTA_EXPR_NAME, name);
    *data = netlink_nest(batch, NFTA_EXPR_DATA);
    return expression;
}

void filter_end_expression(struct netlink *batch, size_t expression, size_t data) {
    netlink_end(batch, data);
    netlink_end(batch, expression);
}

void filter_put_value(struct netlink *batch, uint16_t type, const void *value, size_t size) {
    size_t nest = netlink_nest(batch, type);
    netlink_put(batch, NFTA_DATA_VALUE, value, size);
    netlink_end(batch, nest);
}

void filter_match_link(struct netlink *batch, uint32_t key, const char *name, bool equal) {
    char padded[IFNAMSIZ] = "";
    size_t data, expression = filter_begin_expression(batch, "meta", &data);
    filter_put_u32(batch, NFTA_META_DREG, NFT_REG_1);
    filter_put_u32(batch, NFTA_META_KEY, key);
    filter_end_expression(batch, expression, data);
    strncpy(padded, name, sizeof padded - 1);
    expression = filter_begin_expression(batch, "cmp", &data);
    filter_put_u32(batch, NFTA_CMP_SREG, NFT_REG_1);
    filter_put_u32(batch, NFTA_CMP_OP, equal ? NFT_CMP_EQ : NFT_CMP_NEQ);
    filter_put_value(batch, NFTA_CMP_DATA, padded, sizeof padded);
    filter_end_expression(batch, expression, data);
}

void filter_verdict(struct netlink *batch, int verdict, const char *chain) {
    size_t data, expression = filter_begin_expression(batch, "immediate", &data);
    filter_put_u32(batch, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
    size_t value = netlink_nest(batch, NFTA_IMMEDIATE_DATA);
    size_t nest = netlink_nest(batch, NFTA_DATA_VERDICT);
    filter_put_u32(batch, NFTA_VERDICT_CODE, (uint32_t)verdict);
    if (chain)
        netlink_put_text(batch, NFTA_VERDICT_CHAIN, chain);
    netlink_end(batch, nest);
    netlink_end(batch, value);
    filter_end_expression(batch, expression, data);
}
