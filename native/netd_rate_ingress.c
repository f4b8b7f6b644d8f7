#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
#include <sys/socket.h>

#include "netd_link.h"
#include "netlink.h"

static int add_ingress(int netlink, int index) {
    struct netlink message;
    struct tcmsg header = {
        .tcm_ifindex = index, .tcm_handle = TC_H_MAKE(TC_H_INGRESS, 0), .tcm_parent = TC_H_INGRESS};
    netlink_clear(&message);
    netlink_begin(&message, RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE, &header, sizeof header);
    netlink_put_text(&message, TCA_KIND, "ingress");
    return netlink_ask(netlink, &message);
}

static void put_redirect(struct netlink *message, int through) {
    struct tc_mirred mirred = {
        .action = TC_ACT_STOLEN, .eaction = TCA_EGRESS_REDIR, .ifindex = (uint32_t)through};
    size_t actions = netlink_nest(message, TCA_U32_ACT);
    size_t action = netlink_nest(message, 1);
    netlink_put_text(message, TCA_ACT_KIND, "mirred");
    size_t options = netlink_nest(message, TCA_ACT_OPTIONS);
    netlink_put(message, TCA_MIRRED_PARMS, &mirred, sizeof mirred);
    netlink_end(message, options);
    netlink_end(message, action);
    netlink_end(message, actions);
}

/* A filter that fits every packet (u32 with an empty mask) sends it through the other interface. */
static int add_filter(int netlink, int index, int through) {
    struct netlink message;
    struct tcmsg header = {.tcm_ifindex = index,
                           .tcm_parent = TC_H_MAKE(TC_H_INGRESS, 0),
                           .tcm_info = TC_H_MAKE(1u << 16, __builtin_bswap16(ETH_P_ALL))};
    struct {
        struct tc_u32_sel head;
        struct tc_u32_key key;
    } match = {.head = {.flags = TC_U32_TERMINAL, .nkeys = 1}};
    netlink_clear(&message);
    netlink_begin(&message, RTM_NEWTFILTER, NLM_F_ACK | NLM_F_CREATE, &header, sizeof header);
    netlink_put_text(&message, TCA_KIND, "u32");
    size_t options = netlink_nest(&message, TCA_OPTIONS);
    netlink_put(&message, TCA_U32_SEL, &match, sizeof match);
    put_redirect(&message, through);
    netlink_end(&message, options);
    return netlink_ask(netlink, &message);
}

int rate_limit_ingress(int netlink, int index, int through, uint64_t bits) {
    int error = link_up(netlink, through);
    if (!error)
        error = rate_limit(netlink, through, bits);
    if (!error)
        error = add_ingress(netlink, index);
    return error ? error : add_filter(netlink, index, through);
}
